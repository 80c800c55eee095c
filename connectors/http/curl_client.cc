// SPDX-License-Identifier: Apache-2.0

#include "connectors/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <utility>

namespace lethe::connectors::http {
namespace {

using std::chrono::milliseconds;

template <auto kDestroy>
struct Destroy {
  template <class T>
  void operator()(T* object) const noexcept {
    kDestroy(object);
  }
};
using Handle = std::unique_ptr<CURL, Destroy<curl_easy_cleanup>>;
using List = std::unique_ptr<curl_slist, Destroy<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Destroy<curl_url_cleanup>>;
using Text = std::unique_ptr<char, Destroy<curl_free>>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  return Text(text).get();
}

// "https://host:8443", which is all that a message may show of a URL.
Result<std::string> server_of(const std::string& text) {
  const Url url(curl_url());
  if (url == nullptr) return transient("out of memory");
  const bool parsed = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (!parsed || (scheme != "http" && scheme != "https"))
    return bad_config("a URL is not of the form http[s]://host[:port]/path; correct it");
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
    return bad_config("a URL holds credentials; write them where the configuration has a place");
  const std::string port = part(url.get(), CURLUPART_PORT);
  return scheme + "://" + part(url.get(), CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

Error failure(CURLcode code, const std::string& server) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return transient("cannot reach " + server + ": its name cannot be resolved");
    case CURLE_COULDNT_CONNECT:
      return transient("cannot reach " + server + ": no connection");
    case CURLE_OPERATION_TIMEDOUT:
      return transient("no answer from " + server + " in time");
    case CURLE_ABORTED_BY_CALLBACK:
      return transient("stopped while waiting for " + server);
    case CURLE_PEER_FAILED_VERIFICATION:
      return bad_config("the certificate of " + server +
                        " is not trusted; name the file of its authority (ca_file)");
    case CURLE_SSL_CACERT_BADFILE:
      return bad_config("the authorities for " + server + " cannot be read; correct ca_file");
    default:
      return transient("the exchange with " + server + " failed (libcurl code " +
                       std::to_string(static_cast<int>(code)) + ")");
  }
}

bool is_passing(int status) {
  constexpr std::array kPassing = {429, 502, 503, 504};
  return std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end();
}

bool may_repeat(const Request& request) {
  constexpr std::array<std::string_view, 4> kRepeatable = {"GET", "HEAD", "PUT", "DELETE"};
  return request.repeatable ||
         std::find(kRepeatable.begin(), kRepeatable.end(), request.method) != kRepeatable.end();
}

void sleep(milliseconds pause, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, pause, [] { return false; });
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lowered;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

struct CurlClient::Session {
  Handle handle;
  std::size_t most_bytes;
  Response response{};
  bool too_large = false;
  std::stop_token stop{};

  static std::size_t on_body(char* bytes, std::size_t, std::size_t n, void* opaque) {
    auto& self = *static_cast<Session*>(opaque);
    self.too_large = n > self.most_bytes - self.response.body.size();
    if (self.too_large) return 0;
    self.response.body.append(bytes, n);
    return n;
  }
  static std::size_t on_header(char* bytes, std::size_t, std::size_t n, void* opaque) {
    auto& self = *static_cast<Session*>(opaque);
    const std::string_view line(bytes, n);
    if (line.starts_with("HTTP/")) self.response.headers.clear();  // an interim answer came before
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      self.response.headers.emplace_back(lower(line.substr(0, colon)),
                                         trimmed(line.substr(colon + 1)));
    return n;
  }
  static int on_progress(void* opaque, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Session*>(opaque)->stop.stop_requested() ? 1 : 0;
  }

  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(handle.get(), option, value);
  }
  void prepare(const ClientOptions& options, const Request& request, curl_slist* headers);
};

void CurlClient::Session::prepare(const ClientOptions& options, const Request& request,
                                  curl_slist* headers) {
  curl_easy_reset(handle.get());  // keeps the connection
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (request.method == "POST" || !request.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method != "HEAD") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

std::string_view Response::header(std::string_view name) const noexcept {
  for (const Header& one : headers)
    if (one.first == name) return one.second;
  return {};
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return encoded;
}

Result<std::unique_ptr<Client>> make_client(ClientOptions options) {
  return CurlClient::make(std::move(options));
}

Result<std::unique_ptr<Client>> CurlClient::make(ClientOptions options) {
  if (!options.ca_file.empty() && !std::ifstream(options.ca_file))
    return bad_config("the CA file " + options.ca_file + " cannot be read; correct ca_file");
  if (!options.pause) options.pause = sleep;
  auto session = std::make_unique<Session>(Session{Handle(curl_easy_init()), options.most_bytes});
  if (session->handle == nullptr) return transient("an HTTP client cannot be made: no memory");
  return std::unique_ptr<Client>(new CurlClient(std::move(options), std::move(session)));
}

CurlClient::CurlClient(ClientOptions options, std::unique_ptr<Session> session)
    : options_(std::move(options)), session_(std::move(session)) {}

CurlClient::~CurlClient() = default;

Result<Response> CurlClient::send(const Request& request, std::stop_token stop) {
  const std::string server = LETHE_TRY(server_of(request.url));
  const int attempts = may_repeat(request) ? options_.retry.attempts : 1;
  milliseconds pause = options_.retry.first_pause;
  for (int made = 1;; ++made) {
    Result<Response> answer = attempt(request, server, stop);
    const bool passing =
        answer ? is_passing(answer->status) : answer.error().kind() == ErrorKind::kTransient;
    if (!passing || made >= attempts || stop.stop_requested()) return answer;
    options_.pause(pause, stop);
    pause = std::min(pause * 2, options_.retry.longest_pause);
  }
}

Result<Response> CurlClient::attempt(const Request& request, const std::string& server,
                                     const std::stop_token& stop) {
  List headers;
  for (const auto& [name, value] : request.headers) {
    if ((name + value).find_first_of("\r\n") != std::string::npos)
      return bad_config("a header for " + server + " holds a line end; correct the credentials");
    curl_slist* longer = curl_slist_append(headers.get(), (name + ": " + value).c_str());
    if (longer == nullptr) return transient("out of memory");
    static_cast<void>(headers.release());
    headers.reset(longer);
  }
  session_->response = {};
  session_->too_large = false;
  session_->stop = stop;
  session_->prepare(options_, request, headers.get());
  const CURLcode code = curl_easy_perform(session_->handle.get());
  if (session_->too_large)
    return bad_config("the answer of " + server + " is larger than " +
                      std::to_string(options_.most_bytes) + " bytes");
  if (code != CURLE_OK) return failure(code, server);
  long status = 0;
  curl_easy_getinfo(session_->handle.get(), CURLINFO_RESPONSE_CODE, &status);
  session_->response.status = static_cast<int>(status);
  return std::move(session_->response);
}

}  // namespace lethe::connectors::http
