// What listing commands print, understood: one function per format of `list`. The bytes come from a clone;
// nothing here throws, recurses or takes more than linear time, and what is wrong becomes a problem of the
// listing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sharder/suites/listing_builder.hpp"

namespace sharder {

/// One id a line; blank lines are passed over.
void list_ids(std::string_view output, ListingBuilder& listing);

/// One JSON object a line, as contract.md says. `directory` is what relative directories are relative to.
void list_json(std::string_view output, const std::string& directory, ListingBuilder& listing);

/// `--gtest_list_tests`. `disabled_too`: DISABLED_ tests are run like all others.
void list_gtest(std::string_view output, bool disabled_too, ListingBuilder& listing);

/// `ctest --show-only=json-v1`. `directory` is what relative directories are relative to.
void list_ctest(std::string_view output, const std::string& directory, ListingBuilder& listing);

/// Subunit, version 1 or 2: the first bytes tell. What has one of `filter_tags` is no test.
void list_subunit(std::string_view output, const std::vector<std::string>& filter_tags,
                  ListingBuilder& listing);

/// What a person can read of a subunit stream: the texts attached to packets, and what stands between them.
std::string texts_of_subunit(std::string_view output);

}  // namespace sharder
