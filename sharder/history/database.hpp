// SQLite as the history uses it: a connection, prepared statements and transactions that end with their
// scope. The only place, with its .cpp, that calls SQLite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/support/errors.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sharder {

/// SQLite refused. What it means for the history is decided by its kind.
class DatabaseError : public Error {
 public:
  enum class Kind { locked, corrupted, read_only, full, other };
  DatabaseError(Kind kind, const std::string& message) : Error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

class Database;

/// A prepared statement. Parameters are bound in the order of the question marks, columns read from left to
/// right.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Binds all parameters anew. What is bound must live until the last step.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// True while there is a row. Throws DatabaseError.
  bool step();
  /// For statements without rows.
  void run();

  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Valid until the next step.
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  void reset();
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, int value) { bind_one(index, static_cast<std::int64_t>(value)); }
  void bind_one(int index, double value);
  void bind_one(int index, std::string_view value);
  void bind_one(int index, const std::string& value) { bind_one(index, std::string_view(value)); }
  void bind_one(int index, const char* value) { bind_one(index, std::string_view(value)); }
  void bind_null(int index);
  template <typename Value>
  void bind_one(int index, const std::optional<Value>& value) {
    if (value)
      bind_one(index, *value);
    else
      bind_null(index);
  }

  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

class Database {
 public:
  enum class Access {
    read_write,  // the file must be there; an empty one is an empty database
    read_only,
    immutable  // nobody writes meanwhile: works without a -shm file, and in a directory that cannot be
               // written to
  };
  /// Waits so long for a lock at most. Throws DatabaseError.
  Database(const std::filesystem::path& file, Access access, int busy_milliseconds);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// One or more statements without rows. Throws DatabaseError.
  void execute(const std::string& sql);
  /// The first column of the first row as a number, 0 without one.
  std::int64_t number(const std::string& sql);
  std::int64_t last_inserted() const;
  std::int64_t changed_rows() const;

 private:
  friend class Statement;
  [[noreturn]] void fail(int code, std::string_view doing) const;

  std::filesystem::path file_;
  sqlite3* connection_ = nullptr;
};

/// The only writer until its end: BEGIN IMMEDIATE. Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace sharder
