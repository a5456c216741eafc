// The tables of a history file and how an older file's become those of today. Says whether a file is ours at
// all.
#pragma once

#include "sharder/history/database.hpp"

namespace sharder {

/// In every file's header, so that no other program's database is taken for a history: "shdr".
constexpr std::int64_t history_application_id = 0x73686472;
constexpr int newest_schema = 3;

enum class SchemaState {
  usable,   // of today's version
  older,    // of an earlier one, or empty
  newer,    // of a later sharder
  foreign,  // another program's database
};
/// Throws DatabaseError.
SchemaState schema_state(Database& database);

/// Makes today's tables of an older or empty file's, in one transaction. Throws DatabaseError.
void migrate(Database& database);

}  // namespace sharder
