#include "http/request_head.h"

#include <algorithm>
#include <charconv>

namespace guarantee::http {
namespace {

constexpr std::size_t kMethodBytesMax = 32;
constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kLengthDigitsMax = 18;
constexpr std::size_t kPortTextMax = 6;  // with its colon

using Refused = tl::unexpected<Refusal>;

Refused Refuse(int status, std::string_view reason) {
  return Refused(Refusal{status, std::string(reason)});
}

bool IsDigit(char letter) { return letter >= '0' && letter <= '9'; }

bool IsAlphanumeric(char letter) {
  return IsDigit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

// Letters, digits and `marks`, and at least one of them.
bool IsMadeOf(std::string_view marks, std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [marks](char letter) {
    return IsAlphanumeric(letter) || marks.find(letter) != std::string_view::npos;
  });
}

bool IsToken(std::string_view text) { return IsMadeOf("!#$%&'*+-.^_`|~", text); }
bool IsHost(std::string_view host) { return IsMadeOf("-._~%!$&'()*+,;=:[]", host); }

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool HasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char letter) {
    const auto octet = static_cast<unsigned char>(letter);
    return (octet < 0x20 && octet != '\t') || octet == 0x7F;
  });
}

bool IsTargetText(std::string_view target) {
  return std::all_of(target.begin(), target.end(),
                     [](char letter) { return letter > 0x20 && letter < 0x7F && letter != '#'; });
}

// A name or address with or without a port (RFC 3986 3.2), and nobody's password before it.
bool IsAuthority(std::string_view authority) {
  const bool literal = authority.starts_with('[');
  const std::size_t host_end =
      literal ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
  if (literal && host_end == 0) return false;
  const std::string_view host = authority.substr(0, host_end);
  const std::string_view port = authority.substr(host_end);
  const bool known = literal ? IsMadeOf(":.", host.substr(1, host.size() - 2))
                             : IsMadeOf("-._~%!$&'()*+,;=", host);
  return known &&
         (port.empty() || (port.front() == ':' && port.size() > 1 && port.size() <= kPortTextMax &&
                           std::all_of(port.begin() + 1, port.end(), IsDigit)));
}

// Takes the next line off `rest`; the scanner has seen to it that lines end in CR LF only.
std::string_view TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  return line;
}

tl::expected<void, Refusal> ReadVersion(std::string_view version, RequestHead& head) {
  if (version == "HTTP/1.1") return {};
  if (version == "HTTP/1.0") {
    head.http_1_0 = true;
    head.wants_close = true;
    return {};
  }
  if (version.starts_with("HTTP/")) return Refuse(505, "unknown HTTP version");
  return Refuse(400, "malformed request line");
}

tl::expected<void, Refusal> ReadRequestLine(std::string_view line, const ServerLimits& limits,
                                            RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Refuse(400, "malformed request line");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!IsToken(method)) return Refuse(400, "malformed method");
  if (method.size() > kMethodBytesMax) return Refuse(501, "unknown method");
  if (target.size() > limits.target_bytes_max) return Refuse(414, "target too long");
  std::optional<std::string> origin = OriginForm(target);
  if (!origin) return Refuse(400, "malformed target");
  head.method = method;
  head.target = *std::move(origin);
  return ReadVersion(line.substr(last + 1), head);
}

tl::expected<void, Refusal> ReadField(std::string_view line, RequestHead& head) {
  if (line.starts_with(' ') || line.starts_with('\t')) return Refuse(400, "folded header");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Refuse(400, "header without colon");
  const std::string_view name = line.substr(0, colon);
  if (!IsToken(name)) return Refuse(400, "malformed header name");
  if (name.size() > kNameBytesMax) return Refuse(431, "header name too long");
  const std::string_view value = Trim(line.substr(colon + 1));
  if (HasControls(value)) return Refuse(400, "control character in a header");
  head.fields.push_back({std::string(name), std::string(value)});
  return {};
}

// Fields that mean nothing certain when they come twice.
tl::expected<void, Refusal> CheckSingleFields(const RequestHead& head) {
  for (const std::string_view name :
       {"host", "content-length", "transfer-encoding", "authorization", "content-type", "expect"}) {
    const auto count =
        std::count_if(head.fields.begin(), head.fields.end(),
                      [name](const Field& field) { return EqualIgnoringCase(field.name, name); });
    if (count > 1) return Refuse(400, "repeated header");
  }
  return {};
}

tl::expected<void, Refusal> ReadHost(const RequestHead& head) {
  const std::optional<std::string_view> host = head.Find("host");
  if (!host && !head.http_1_0) return Refuse(400, "missing host");
  if (host && !IsHost(*host)) return Refuse(400, "malformed host");
  return {};
}

tl::expected<void, Refusal> ReadFraming(const ServerLimits& limits, RequestHead& head) {
  const std::optional<std::string_view> coding = head.Find("transfer-encoding");
  const std::optional<std::string_view> length = head.Find("content-length");
  if (coding && length) return Refuse(400, "both content-length and transfer-encoding");
  if (coding) {
    if (head.http_1_0) return Refuse(400, "transfer-encoding in HTTP/1.0");
    if (!EqualIgnoringCase(*coding, "chunked")) return Refuse(501, "unknown transfer coding");
    head.chunked = true;
    return {};
  }
  if (!length) {
    if (head.method == "POST" || head.method == "PUT" || head.method == "PATCH") {
      return Refuse(411, "length required");
    }
    return {};
  }
  if (length->empty() || !std::all_of(length->begin(), length->end(), IsDigit)) {
    return Refuse(400, "malformed content-length");
  }
  if (length->size() > kLengthDigitsMax) return Refuse(413, "body too large");
  std::uint64_t bytes = 0;
  std::from_chars(length->data(), length->data() + length->size(), bytes);
  if (bytes > limits.body_bytes_max) return Refuse(413, "body too large");
  head.content_length = bytes;
  return {};
}

tl::expected<void, Refusal> ReadExpectation(RequestHead& head) {
  const std::optional<std::string_view> expected = head.Find("expect");
  if (!expected) return {};
  if (!EqualIgnoringCase(*expected, "100-continue")) return Refuse(417, "unknown expectation");
  head.expects_continue = !head.http_1_0;
  return {};
}

void ReadConnection(RequestHead& head) {
  for (const Field& field : head.fields) {
    if (!EqualIgnoringCase(field.name, "connection")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (EqualIgnoringCase(Trim(rest.substr(0, comma)), "close")) head.wants_close = true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
}

}  // namespace

bool EqualIgnoringCase(std::string_view left, std::string_view right) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
  };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [lower](char one, char other) { return lower(one) == lower(other); });
}

std::optional<std::string> OriginForm(std::string_view target) {
  if (!IsTargetText(target)) return std::nullopt;
  if (target.starts_with('/')) return std::string(target);
  constexpr std::string_view kMark = "://";
  const std::size_t mark = target.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, mark);
  if (!EqualIgnoringCase(scheme, "http") && !EqualIgnoringCase(scheme, "https")) {
    return std::nullopt;
  }
  const std::string_view rest = target.substr(mark + kMark.size());
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  if (!IsAuthority(rest.substr(0, end))) return std::nullopt;
  const std::string_view path = rest.substr(end);
  return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
}

std::optional<std::string_view> RequestHead::Find(std::string_view name) const {
  for (const Field& field : fields) {
    if (EqualIgnoringCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

HeadScanner::Verdict HeadScanner::Scan(std::string_view received) {
  for (; judged_ < received.size(); ++judged_) {
    const auto octet = static_cast<unsigned char>(received[judged_]);
    if (after_return_ != (octet == '\n')) return Verdict::kForbidden;
    if (octet == '\n') {
      after_return_ = false;
      if (line_bytes_ == 0) {
        size_ = ++judged_;
        return Verdict::kComplete;
      }
      line_bytes_ = 0;
    } else if (octet == '\r') {
      after_return_ = true;
    } else if ((octet < 0x20 && octet != '\t') || octet == 0x7F) {
      return Verdict::kForbidden;
    } else {
      ++line_bytes_;
    }
  }
  return Verdict::kMore;
}

tl::expected<RequestHead, Refusal> ParseRequestHead(std::string_view raw,
                                                    const ServerLimits& limits) {
  RequestHead head;
  std::string_view rest = raw;
  if (const auto read = ReadRequestLine(TakeLine(rest), limits, head); !read) {
    return Refused(read.error());
  }
  for (std::string_view line = TakeLine(rest); !line.empty(); line = TakeLine(rest)) {
    if (head.fields.size() == limits.header_fields_max) return Refuse(431, "too many headers");
    if (const auto read = ReadField(line, head); !read) return Refused(read.error());
  }
  ReadConnection(head);
  return CheckSingleFields(head)
      .and_then([&] { return ReadHost(head); })
      .and_then([&] { return ReadFraming(limits, head); })
      .and_then([&] { return ReadExpectation(head); })
      .map([&] { return std::move(head); });
}

}  // namespace guarantee::http
