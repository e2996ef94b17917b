#include "client_exchange.h"

#include <algorithm>
#include <boost/beast/http.hpp>
#include <utility>

namespace guarantee::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Clock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;

constexpr unsigned kHttp11 = 11;
constexpr unsigned kFinalStatusMin = 200;
constexpr int kInterimAnswersMax = 5;
constexpr std::size_t kRetryAfterBytesMax = 64;

bhttp::request<bhttp::string_body> MakeRequest(Call& call, const std::string& user_agent) {
  const bhttp::verb verb = call.method == Method::kGet ? bhttp::verb::get : bhttp::verb::post;
  bhttp::request<bhttp::string_body> request(verb, call.url.target, kHttp11);
  request.set(bhttp::field::host, call.url.Authority());
  request.set(bhttp::field::user_agent, user_agent);
  for (const Field& field : call.fields) request.insert(field.name, field.value);
  request.body() = std::move(call.body);
  request.prepare_payload();
  return request;
}

Fault FaultOfRead(const ErrorCode& error) {
  if (error == bhttp::error::body_limit || error == bhttp::error::header_limit ||
      error == bhttp::error::buffer_overflow) {
    return Fault::kTooLarge;
  }
  // Beast's own complaints are about the text; end_of_stream and partial_message are cuts.
  const bool cut = error == bhttp::error::end_of_stream || error == bhttp::error::partial_message;
  const bool is_text =
      error.category() == bhttp::make_error_code(bhttp::error::bad_version).category();
  return is_text && !cut ? Fault::kMalformed : Fault::kCut;
}

const char* DetailOf(Fault fault) {
  switch (fault) {
    case Fault::kTooLarge:
      return "the answer is over its limit";
    case Fault::kMalformed:
      return "the answer is not HTTP";
    default:
      return "the connection ended before the answer did";
  }
}

}  // namespace

ClientConnections::Stream ClientConnections::Take(const Key& key) {
  Origin& origin = origins_[key];
  while (!origin.idle.empty()) {
    Idle idle = std::move(origin.idle.back());
    origin.idle.pop_back();
    if (Clock::now() < idle.until && idle.stream->IsQuiet()) return idle.stream;
    idle.stream->Close();
    --origin.open;
  }
  return nullptr;
}

bool ClientConnections::Admit(const Key& key) {
  Origin& origin = origins_[key];
  if (origin.open >= connections_max_) return false;
  ++origin.open;
  return true;
}

void ClientConnections::Return(const Key& key, Stream stream) {
  origins_[key].idle.push_back({std::move(stream), Clock::now() + idle_max_});
}

void ClientConnections::Forget(const Key& key) {
  const auto found = origins_.find(key);
  if (found == origins_.end()) return;
  if (found->second.open > 0) --found->second.open;
  if (found->second.open == 0) origins_.erase(found);
}

void ClientConnections::CloseIdle() {
  for (auto& [key, origin] : origins_) {
    for (Idle& idle : origin.idle) idle.stream->Close();
    origin.open -= origin.idle.size();
    origin.idle.clear();
  }
}

ClientExchange::ClientExchange(ClientContext& shared, Call call, OutcomeHandler handler)
    : shared_(shared),
      call_(std::move(call)),
      handler_(std::move(handler)),
      started_(Clock::now()),
      key_(call_.url.host, call_.url.port, call_.url.tls ? call_.tls.get() : nullptr),
      watch_(shared.io),
      lookup_(std::make_shared<asio::steady_timer>(shared.io)),
      buffer_(kAnswerHeadBytesMax + call_.answer_bytes_max) {}

void ClientExchange::Abort() {
  aborted_ = true;
  lookup_->cancel();
  if (stream_) stream_->Close();
}

void ClientExchange::Watch(Deadline deadline) {
  watch_.expires_at(deadline);
  // A handler that is already queued can no longer be cancelled: it must know that it is late.
  const unsigned round = ++watch_round_;
  watch_.async_wait([weak = weak_from_this(), round](const ErrorCode& error) {
    const std::shared_ptr<ClientExchange> self = weak.lock();
    if (error || !self || round != self->watch_round_) return;
    self->expired_ = true;
    self->lookup_->cancel();
    if (self->stream_) self->stream_->Close();
  });
}

void ClientExchange::Fail(Fault fault, std::string_view detail) {
  outcome_.fault = aborted_ ? Fault::kStopped : expired_ ? Fault::kTimeout : fault;
  outcome_.detail = aborted_   ? "the client was stopped"
                    : expired_ ? "not finished within the deadline"
                               : std::string(detail);
  Finish();
}

void ClientExchange::Finish() {
  ++watch_round_;
  watch_.cancel();
  outcome_.duration_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_).count();
  if (admitted_ && keep_ && !aborted_) {
    shared_.connections.Return(key_, std::move(stream_));
  } else if (admitted_) {
    stream_->Close();
    shared_.connections.Forget(key_);
  }
  std::exchange(handler_, nullptr)(std::move(outcome_));
}

void ClientExchange::Run() {
  if (!call_.admits) stream_ = shared_.connections.Take(key_);
  if (stream_) {
    admitted_ = true;
    outcome_.reused_connection = true;
    return Send();
  }
  if (!shared_.connections.Admit(key_)) return Fail(Fault::kBusy, "all connections are in use");
  admitted_ = true;
  Open();
}

void ClientExchange::Open() {
  stream_ = std::make_shared<ClientStream>(shared_.io.get_executor());
  Watch(started_ + std::min(shared_.options.connect_timeout, call_.deadline));
  if (shared_.names.Find(call_.url) != nullptr) return FindAddress();
  lookup_->expires_at(Deadline::max());
  lookup_->async_wait([self = shared_from_this()](const ErrorCode&) { self->FindAddress(); });
  shared_.names.Ask(call_.url, lookup_);
}

void ClientExchange::FindAddress() {
  const HostNames::Endpoints* found = shared_.names.Find(call_.url);
  if (expired_ || aborted_ || found == nullptr) {
    return Fail(Fault::kAddress, "the host's name has no address");
  }
  endpoints_ = *found;
  if (call_.admits) {
    std::erase_if(endpoints_, [this](const asio::ip::tcp::endpoint& endpoint) {
      return !call_.admits(endpoint.address().to_string());
    });
  }
  if (endpoints_.empty()) return Fail(Fault::kForbidden, "no address of the host is admitted");
  Connect(0);
}

void ClientExchange::Connect(std::size_t endpoint) {
  stream_->Close();
  stream_->socket().async_connect(endpoints_[endpoint],
                                  [self = shared_from_this(), endpoint](const ErrorCode& error) {
                                    if (!error && !self->expired_ && !self->aborted_)
                                      return self->SecureOrSend();
                                    const bool more = endpoint + 1 < self->endpoints_.size();
                                    if (more && !self->expired_ && !self->aborted_)
                                      return self->Connect(endpoint + 1);
                                    self->Fail(Fault::kConnect, "cannot connect");
                                  });
}

void ClientExchange::SecureOrSend() {
  ErrorCode error;
  stream_->socket().set_option(asio::ip::tcp::no_delay(true), error);
  if (error) return Fail(Fault::kConnect, "cannot set up the connection");
  if (call_.url.tls) return Handshake();
  Send();
}

void ClientExchange::Handshake() {
  if (!call_.tls) return Fail(Fault::kTls, "no roots to judge the certificate by");
  ClientStream::TlsStream& tls = stream_->MakeTls(call_.tls);
  ErrorCode error;
  tls.set_verify_callback(asio::ssl::host_name_verification(call_.url.host), error);
  if (error || !ClientStream::NameServer(tls, call_.url.host)) {
    return Fail(Fault::kTls, "cannot set up TLS");
  }
  tls.async_handshake(asio::ssl::stream_base::client,
                      [self = shared_from_this()](const ErrorCode& failure) {
                        if (!failure && !self->expired_ && !self->aborted_) return self->Send();
                        self->Fail(Fault::kTls, "the TLS handshake failed");
                      });
}

void ClientExchange::Send() {
  // From the first byte on the other side may have the whole, whatever we learn of it.
  outcome_.receipt = Receipt::kUnknown;
  Watch(started_ + call_.deadline);
  request_ = MakeRequest(call_, shared_.options.user_agent);
  bhttp::async_write(
      *stream_, request_, [self = shared_from_this()](const ErrorCode& error, std::size_t) {
        if (!error) return self->ReadHead();
        self->Fail(Fault::kCut, "the connection ended while the request was written");
      });
}

void ClientExchange::ReadHead() {
  parser_.emplace();
  parser_->body_limit(call_.answer_bytes_max);
  parser_->header_limit(kAnswerHeadBytesMax);
  bhttp::async_read_header(
      *stream_, buffer_, *parser_,
      [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->JudgeHead(error); });
}

void ClientExchange::JudgeHead(ErrorCode error) {
  if (error) return FailRead(error);
  if (parser_->get().result_int() < kFinalStatusMin) {
    if (++interim_answers_ <= kInterimAnswersMax) return ReadHead();
    return FailRead(bhttp::error::bad_status);
  }
  // An answer that ends with the connection cannot be told from one that was cut.
  if (parser_->need_eof()) return Fail(Fault::kMalformed, "the answer does not say where it ends");
  ReadBody();
}

void ClientExchange::ReadBody() {
  bhttp::async_read(*stream_, buffer_, *parser_,
                    [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                      if (error) return self->FailRead(error);
                      self->TakeAnswer();
                    });
}

void ClientExchange::FailRead(ErrorCode error) {
  const Fault fault = FaultOfRead(error);
  Fail(fault, DetailOf(fault));
}

void ClientExchange::TakeAnswer() {
  keep_ = !call_.admits && parser_->keep_alive() && buffer_.size() == 0;
  auto answer = parser_->release();
  outcome_.receipt = Receipt::kAnswered;
  outcome_.status = static_cast<int>(answer.result_int());
  const auto hint = answer[bhttp::field::retry_after];
  outcome_.retry_after = std::string(hint.substr(0, kRetryAfterBytesMax));
  outcome_.body = std::move(answer.body());
  Finish();
}

}  // namespace guarantee::http
