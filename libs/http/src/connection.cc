#include "connection.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "response_text.h"

namespace guarantee::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kBodyReadBytes = 64 * 1024;

std::string_view View(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.data().size()};
}

// What the peer sent is at fault, and not the connection.
bool IsSyntaxError(error_code error) {
  static const auto& category =
      beast::http::make_error_code(beast::http::error::bad_chunk).category();
  return error && error.category() == category;
}

// What an answer needs to find its connection; in this order, so that the context goes last.
struct WayBack {
  std::shared_ptr<ServerCore> core;
  asio::any_io_executor executor;
  std::weak_ptr<Connection> connection;
};

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, asio::ip::tcp::socket socket,
                       std::string source)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      source_(std::move(source)),
      buffer_(core_->limits.header_bytes_max + kReadBytes + kBodyReadBytes) {}

Connection::~Connection() {
  ReleaseBody();
  core_->Leave(this, source_);
}

void Connection::Start() {
  core_->Add(this, weak_from_this());
  asio::dispatch(socket_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    self->Arm(self->core_->limits.head_timeout);
    self->ReadHead();
  });
}

void Connection::Retire() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->retiring_ = true;
    if (self->phase_ == Phase::kIdle && self->buffer_.size() == 0) self->Close();
  });
}

void Connection::Abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->Close(); });
}

// ---- the head

void Connection::ReadHead() {
  socket_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](error_code error, std::size_t count) {
                            self->OnHeadBytes(error, count);
                          });
}

void Connection::OnHeadBytes(error_code error, std::size_t count) {
  if (phase_ == Phase::kClosed) return;
  if (timed_out_) return phase_ == Phase::kIdle ? Close() : Refuse(408, "head took too long");
  if (error) return Close();
  buffer_.commit(count);
  if (phase_ == Phase::kIdle) {
    phase_ = Phase::kHead;
    Arm(core_->limits.head_timeout);
  }
  const ServerLimits& limits = core_->limits;
  switch (scanner_.Scan(View(buffer_).substr(0, limits.header_bytes_max))) {
    case HeadScanner::Verdict::kForbidden:
      return Refuse(400, "forbidden character in the head");
    case HeadScanner::Verdict::kComplete:
      return OnHeadComplete();
    case HeadScanner::Verdict::kMore:
      if (buffer_.size() >= limits.header_bytes_max) return Refuse(431, "head too large");
      return ReadHead();
  }
}

void Connection::OnHeadComplete() {
  constexpr std::size_t kEmptyLineBytes = 2;
  if (scanner_.size() == kEmptyLineBytes && !skipped_empty_line_) {
    // One empty line before a request is leave that old clients take (RFC 9112, 2.2).
    skipped_empty_line_ = true;
    scanner_.Reset();
    buffer_.consume(kEmptyLineBytes);
    return OnHeadBytes({}, 0);
  }
  auto head = ParseRequestHead(View(buffer_).substr(0, scanner_.size()), core_->limits);
  if (!head) return Refuse(head.error().status, head.error().reason);
  head->source_address = source_;
  head_ = std::make_shared<const RequestHead>(std::move(*head));
  if (const std::optional<Refusal> refusal = StartParser()) {
    return Refuse(refusal->status, refusal->reason);
  }
  core_->requests.fetch_add(1, std::memory_order_relaxed);
  AskHandler();
}

// Beast reads the same head again and frames the body; where it sees another request than we do,
// nobody may act on it.
std::optional<Refusal> Connection::StartParser() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_->limits.header_bytes_max));
  parser_->body_limit(core_->limits.body_bytes_max);
  error_code error;
  const std::size_t used = parser_->put(asio::buffer(buffer_.data(), scanner_.size()), error);
  if (error == beast::http::error::need_more) error = {};
  if (error || used != scanner_.size() || !parser_->is_header_done()) {
    return Refusal{400, "malformed head"};
  }
  const auto length = parser_->content_length();
  const auto target = parser_->get().target();
  const bool same_length = head_->content_length ? length == *head_->content_length : !length;
  if (parser_->chunked() != head_->chunked || (!head_->chunked && !same_length) ||
      OriginForm({target.data(), target.size()}) != head_->target) {
    return Refusal{400, "ambiguous head"};
  }
  buffer_.consume(used);
  return std::nullopt;
}

void Connection::AskHandler() {
  phase_ = Phase::kAdmission;
  ++number_;
  Arm(core_->limits.answer_timeout);
  core_->handler->OnHead(head_, [self = shared_from_this(), number = number_](Admission admission) {
    auto shared = std::make_shared<Admission>(std::move(admission));
    asio::dispatch(self->socket_.get_executor(),
                   [self, number, shared] { self->OnAdmission(number, std::move(*shared)); });
  });
}

void Connection::OnAdmission(std::uint64_t number, Admission admission) {
  if (phase_ != Phase::kAdmission || number != number_) return;
  if (auto* response = std::get_if<Response>(&admission)) {
    return Write(std::move(*response), head_->HasBody());
  }
  exchange_ = std::move(std::get<std::unique_ptr<Exchange>>(admission));
  phase_ = Phase::kBody;
  body_began_ms_ = core_->clock->MonotonicMs();
  Arm(core_->limits.body_timeout);
  if (parser_->is_done() || !head_->HasBody()) return OnBodyComplete();
  if (head_->expects_continue && buffer_.size() == 0) return SendContinue();
  ReadBody();
}

// ---- the body

void Connection::SendContinue() {
  outgoing_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(outgoing_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (self->phase_ != Phase::kBody) return;
                      if (error) return self->Close();
                      self->ReadBody();
                    });
}

void Connection::ReadBody() {
  beast::http::async_read_some(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](error_code error, std::size_t) { self->OnBodyBytes(error); });
}

void Connection::OnBodyBytes(error_code error) {
  if (phase_ != Phase::kBody) return;
  if (timed_out_) return Refuse(408, "body took too long");
  if (error == beast::http::error::body_limit) return Refuse(413, "body too large");
  if (error == beast::http::error::partial_message) return Refuse(400, "body cut short");
  if (IsSyntaxError(error)) return Refuse(400, "malformed body");
  if (error) return Close();
  if (!AccountBody()) return Refuse(503, "too many bodies under way");
  if (parser_->is_done()) return OnBodyComplete();
  if (IsTooSlow()) return Refuse(408, "body too slow");
  ReadBody();
}

void Connection::OnBodyComplete() {
  phase_ = Phase::kAnswer;
  Arm(core_->limits.answer_timeout);
  Body body{std::move(parser_->get().body()), core_->clock->Now()};
  parser_.reset();
  auto sink = [way = WayBack{core_, socket_.get_executor(), weak_from_this()},
               number = number_](Response response) {
    auto shared = std::make_shared<Response>(std::move(response));
    asio::dispatch(way.executor, [weak = way.connection, number, shared] {
      if (const auto self = weak.lock()) self->OnAnswer(number, std::move(*shared));
    });
  };
  const std::unique_ptr<Exchange> exchange = std::move(exchange_);
  // The connection waits for its answer in the timer, which holds it.
  exchange->OnBody(std::move(body),
                   Responder(std::move(sink), core_->handler->Refuse({500, "no answer"})));
}

// False when all connections together hold too much.
bool Connection::AccountBody() {
  const std::size_t size = parser_->get().body().size();
  const std::size_t grown = size - body_bytes_accounted_;
  body_bytes_accounted_ = size;
  const std::uint64_t total = core_->body_bytes.fetch_add(grown) + grown;
  return total <= core_->limits.buffered_body_bytes_max;
}

void Connection::ReleaseBody() {
  core_->body_bytes.fetch_sub(body_bytes_accounted_);
  body_bytes_accounted_ = 0;
}

bool Connection::IsTooSlow() const {
  const std::int64_t elapsed_ms = core_->clock->MonotonicMs() - body_began_ms_;
  if (elapsed_ms < core_->limits.body_rate_grace.count()) return false;
  return body_bytes_accounted_ * 1000 <
         core_->limits.body_bytes_per_second_min * static_cast<std::size_t>(elapsed_ms);
}

// ---- the answer

void Connection::OnAnswer(std::uint64_t number, Response response) {
  if (phase_ != Phase::kAnswer || number != number_) return;
  Write(std::move(response), false);
}

void Connection::Refuse(int status, std::string_view reason) {
  core_->refused.fetch_add(1, std::memory_order_relaxed);
  Response response = core_->handler->Refuse({status, std::string(reason)});
  response.close = true;
  Write(std::move(response), true);
}

// An answer with bytes of the request still unread ends the connection: they must never be taken
// for another request.
void Connection::Write(Response response, bool body_unread) {
  ReleaseBody();
  exchange_.reset();
  parser_.reset();
  phase_ = Phase::kWrite;
  close_after_write_ = body_unread || response.close || retiring_ || core_->draining || !head_ ||
                       head_->wants_close || number_ >= core_->limits.requests_per_connection_max;
  linger_after_write_ = body_unread;
  outgoing_ = MakeResponseText(response, core_->clock->Now(), close_after_write_,
                               !head_ || head_->method != "HEAD");
  Arm(core_->limits.write_timeout);
  asio::async_write(
      socket_, asio::buffer(outgoing_),
      [self = shared_from_this()](error_code error, std::size_t) { self->OnWritten(error); });
}

void Connection::OnWritten(error_code error) {
  if (phase_ != Phase::kWrite) return;
  if (error || timed_out_) return Close();
  if (!close_after_write_) return NextRequest();
  if (linger_after_write_) return Linger();
  Close();
}

void Connection::NextRequest() {
  outgoing_.clear();
  head_.reset();
  scanner_.Reset();
  skipped_empty_line_ = false;
  phase_ = Phase::kIdle;
  if (buffer_.size() > 0) return OnHeadBytes({}, 0);
  if (retiring_) return Close();
  Arm(core_->limits.idle_timeout);
  ReadHead();
}

// Closing with unread bytes would reset the connection and could take the answer with it; so the
// peer gets a little time to see the answer and stop.
void Connection::Linger() {
  phase_ = Phase::kLinger;
  Arm(core_->limits.linger_timeout);
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  OnLingerBytes({}, 0);
}

void Connection::OnLingerBytes(error_code error, std::size_t count) {
  if (phase_ != Phase::kLinger) return;
  lingered_bytes_ += count;
  if (error || timed_out_ || lingered_bytes_ > core_->limits.linger_bytes_max) return Close();
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](error_code failed, std::size_t more) {
                            self->OnLingerBytes(failed, more);
                          });
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  timer_.cancel();
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

// ---- deadlines

void Connection::Arm(std::chrono::milliseconds timeout) {
  timed_out_ = false;
  timer_.expires_after(timeout);
  timer_.async_wait([self = shared_from_this(), armed = ++armed_](error_code error) {
    if (!error && armed == self->armed_) self->OnDeadline();
  });
}

void Connection::OnDeadline() {
  timed_out_ = true;
  switch (phase_) {
    case Phase::kAdmission:
    case Phase::kAnswer:
      ++number_;
      return Refuse(503, "no answer in time");
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kBody:
    case Phase::kWrite:
    case Phase::kLinger: {
      error_code ignored;
      socket_.cancel(ignored);  // the operation under way sees timed_out_
      return;
    }
    case Phase::kClosed:
      return;
  }
}

}  // namespace guarantee::http
