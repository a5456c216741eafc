#include "tests/end-to-end/message_broker.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace sharder::end_to_end {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool takes_connections(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool taken = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return taken;
}

}  // namespace

MessageBroker::MessageBroker(std::filesystem::path scratch, Settings settings)
    : scratch_(std::move(scratch)), settings_(std::move(settings)), port_(free_port()) {}

void MessageBroker::start() {
  std::filesystem::create_directories(scratch_);
  const std::filesystem::path file = scratch_ / "mosquitto.conf";
  // As root it would become a user who cannot read the test's files.
  std::ofstream(file) << "user root\npersistence false\nlistener " << port_ << " 127.0.0.1\n"
                      << settings_.configuration;
  program_ =
      std::make_unique<Program>(Command{{"/usr/sbin/mosquitto", "-c", file.string()}, {}, {}, scratch_}, scratch_);
  ASSERT_TRUE(eventually([&] { return takes_connections(port_); })) << "mosquitto does not start: is it installed?";
}

void MessageBroker::kill() {
  program_->signal(SIGKILL);
  program_.reset();
}

std::string MessageBroker::url(const std::string& scheme, const std::string& host) const {
  return scheme + "://" + host + ":" + std::to_string(port_) + "/ci";
}

std::unique_ptr<Program> MessageBroker::listen(const std::filesystem::path& scratch) const {
  std::filesystem::create_directories(scratch);
  std::vector<std::string> words{
      "/usr/bin/mosquitto_pub", "-p", std::to_string(port_), "-q", "1", "-r", "-t", "ci/ready", "-m", "yes"};
  words.insert(words.end(), settings_.client_words.begin(), settings_.client_words.end());
  EXPECT_EQ(Program({words, {}, {}, scratch}, scratch).wait().status, 0);
  words = {"/usr/bin/mosquitto_sub", "-p", std::to_string(port_), "-q", "1", "-t", "ci/#", "-F", "> %t %r %p"};
  words.insert(words.end(), settings_.client_words.begin(), settings_.client_words.end());
  auto listener = std::make_unique<Program>(Command{words, {}, {}, scratch}, scratch);
  EXPECT_TRUE(listener->wait_for_text("> ci/ready 1 yes"));
  return listener;
}

std::vector<Received> messages_in(const std::string& output) {
  std::vector<Received> messages;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Received message;
    std::string mark, retained;
    words >> mark >> message.topic >> retained;
    std::getline(words >> std::ws, message.payload);
    message.retained = retained == "1";
    if (mark == ">" && message.topic != "ci/ready") messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace sharder::end_to_end
