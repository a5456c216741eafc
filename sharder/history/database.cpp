#include "sharder/history/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace sharder {
namespace {

DatabaseError::Kind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return DatabaseError::Kind::locked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return DatabaseError::Kind::corrupted;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return DatabaseError::Kind::read_only;
    case SQLITE_FULL:
      return DatabaseError::Kind::full;
    default:
      return DatabaseError::Kind::other;
  }
}

/// A path as SQLite's URIs want it.
std::string uri_of(const std::filesystem::path& file, Database::Access access) {
  std::string uri = "file:";
  for (const char c : file.string())
    if (c == '?' || c == '#' || c == '%')
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      uri += c;
  if (access == Database::Access::read_write) return uri + "?mode=rw";
  return uri + (access == Database::Access::immutable ? "?mode=ro&immutable=1" : "?mode=ro");
}

}  // namespace

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  const int code = ::sqlite3_prepare_v2(database.connection_, sql.data(), static_cast<int>(sql.size()),
                                        &statement_, nullptr);
  if (code != SQLITE_OK) database.fail(code, "read");
}

Statement::~Statement() {
  ::sqlite3_finalize(statement_);
}

bool Statement::step() {
  const int code = ::sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code, ::sqlite3_stmt_readonly(statement_) ? "read" : "write");
  return false;
}

void Statement::run() {
  step();
  reset();
}

std::int64_t Statement::integer(int column) const {
  return ::sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  return ::sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = ::sqlite3_column_blob(statement_, column);
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const {
  return ::sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Statement::reset() {
  ::sqlite3_reset(statement_);
}

void Statement::bind_one(int index, std::int64_t value) {
  ::sqlite3_bind_int64(statement_, index, value);
}

void Statement::bind_one(int index, double value) {
  ::sqlite3_bind_double(statement_, index, value);
}

void Statement::bind_one(int index, std::string_view value) {
  ::sqlite3_bind_text64(statement_, index, value.data() ? value.data() : "", value.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}

void Statement::bind_null(int index) {
  ::sqlite3_bind_null(statement_, index);
}

Database::Database(const std::filesystem::path& file, Access access, int busy_milliseconds) : file_(file) {
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  const int code = ::sqlite3_open_v2(uri_of(file, access).c_str(), &connection_, flags, nullptr);
  if (code == SQLITE_OK) {
    ::sqlite3_busy_timeout(connection_, busy_milliseconds);
    return;
  }
  const std::string why = ::sqlite3_errstr(code);
  ::sqlite3_close(connection_);
  throw DatabaseError(kind_of(code), fmt::format("cannot open {}: {}", file.string(), why));
}

Database::~Database() {
  ::sqlite3_close(connection_);
}

void Database::fail(int code, std::string_view doing) const {
  throw DatabaseError(kind_of(code),
                      fmt::format("cannot {} {}: {}", doing, file_.string(), ::sqlite3_errmsg(connection_)));
}

void Database::execute(const std::string& sql) {
  const int code = ::sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, "write");
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Database::last_inserted() const {
  return ::sqlite3_last_insert_rowid(connection_);
}

std::int64_t Database::changed_rows() const {
  return ::sqlite3_changes64(connection_);
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const DatabaseError&) {
    // SQLite has rolled back by itself where a failed statement made it (disk full); there is nothing left to
    // undo.
    open_ = false;
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace sharder
