#include "sharder/mirror/broker.hpp"

#include <mosquitto.h>
#include <netdb.h>
#include <sys/time.h>

#include <cctype>
#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder::mirror {
namespace {

/// A broker that says nothing for one and a half times as long is gone.
constexpr int keep_alive_seconds = 10;
constexpr int at_least_once = 1;

/// While it lives, a signal interrupts what blocks every five seconds: connect() to an address that does not answer
/// would wait for two minutes, and the next address, that may, would wait with it.
class Interruption {
 public:
  Interruption() { set(5); }
  ~Interruption() { set(0); }

 private:
  static void set(time_t seconds) {
    const itimerval timer{{seconds, 0}, {seconds, 0}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }
};

/// "connection refused: not authorised": as it stands in our messages.
std::string our_spelling(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string text_of(int error) {
  if (error == MOSQ_ERR_EAI) return our_spelling(::gai_strerror(errno));
  if (error != MOSQ_ERR_ERRNO) return our_spelling(mosquitto_strerror(error));
  return errno == EINTR ? "it does not answer" : error_text(errno);
}

}  // namespace

Broker::Broker(const Settings& settings, const std::string& client_id, const Message& last_will)
    : host_(settings.host), port_(settings.port), client_(nullptr, mosquitto_destroy) {
  mosquitto_lib_init();
  client_.reset(mosquitto_new(client_id.c_str(), true, this));
  if (!client_) throw SystemError("make a client of MQTT", errno);
  mosquitto_connect_callback_set(client_.get(), on_connect);
  mosquitto_publish_callback_set(client_.get(), on_publish);
  mosquitto_int_option(client_.get(), MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_max_inflight_messages_set(client_.get(), most_unanswered);
  mosquitto_will_set(client_.get(), last_will.topic.c_str(), static_cast<int>(last_will.payload.size()),
                     last_will.payload.data(), at_least_once, true);
  if (!settings.user.empty())
    mosquitto_username_pw_set(client_.get(), settings.user.c_str(),
                              settings.password.empty() ? nullptr : settings.password.c_str());
  if (settings.encrypted) prepare_tls(settings);
}

Broker::~Broker() = default;

void Broker::prepare_tls(const Settings& settings) {
  const char* const ca = settings.ca.empty() ? nullptr : settings.ca.c_str();
  const char* const certificate = settings.certificate.empty() ? nullptr : settings.certificate.c_str();
  const int error = mosquitto_tls_set(client_.get(), ca, ca == nullptr ? "/etc/ssl/certs" : nullptr, certificate,
                                      certificate, nullptr);
  if (error != MOSQ_ERR_SUCCESS) throw Error("set TLS up: " + text_of(error));
}

void Broker::connect() {
  const Interruption interruption;
  refusal_.clear();
  state_ = State::connecting;
  errno = 0;
  const int error = tried_ ? mosquitto_reconnect(client_.get())
                           : mosquitto_connect(client_.get(), host_.c_str(), port_, keep_alive_seconds);
  tried_ = true;
  if (error != MOSQ_ERR_SUCCESS) lose(error);
}

void Broker::lose(int error) {
  why_ = refusal_.empty() ? text_of(error) : refusal_;
  state_ = State::down;
}

void Broker::attend(bool readable, bool writable) {
  int error = MOSQ_ERR_SUCCESS;
  errno = 0;
  if (readable) error = mosquitto_loop_read(client_.get(), 1);
  if (error == MOSQ_ERR_SUCCESS && writable) error = mosquitto_loop_write(client_.get(), 1);
  if (error == MOSQ_ERR_SUCCESS) error = mosquitto_loop_misc(client_.get());
  if (error != MOSQ_ERR_SUCCESS)
    lose(error);
  else if (mosquitto_socket(client_.get()) < 0)
    lose(MOSQ_ERR_CONN_LOST);
}

int Broker::socket() const { return state_ == State::down ? -1 : mosquitto_socket(client_.get()); }

bool Broker::wants_to_write() const { return mosquitto_want_write(client_.get()); }

void Broker::give_up(const std::string& why) {
  // Reconnecting closes what is there, and so does the end of this process; a DISCONNECT would revoke the last will.
  why_ = why;
  state_ = State::down;
}

void Broker::disconnect() {
  mosquitto_disconnect(client_.get());
  state_ = State::down;
}

void Broker::publish(const Message& message) {
  int id = 0;
  const int error =
      mosquitto_publish(client_.get(), &id, message.topic.c_str(), static_cast<int>(message.payload.size()),
                        message.payload.data(), at_least_once, message.retained);
  // Anything else has to do with the connection: it is kept, and sent with the next one.
  for (const int refusal : {MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_MALFORMED_UTF8,
                            MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_QOS_NOT_SUPPORTED})
    if (error == refusal) return;
  unanswered_.insert(id);
  if (message.retained) retained_.insert(id);
}

void Broker::on_connect(mosquitto*, void* self, int answer) {
  Broker& broker = *static_cast<Broker*>(self);
  if (answer == 0)
    broker.state_ = State::up;
  else
    broker.refusal_ = our_spelling(mosquitto_connack_string(answer));
}

void Broker::on_publish(mosquitto*, void* self, int id) {
  Broker& broker = *static_cast<Broker*>(self);
  if (broker.unanswered_.erase(id) > 0 && broker.retained_.erase(id) == 0) ++broker.delivered_;
}

}  // namespace sharder::mirror
