// The verbs `sharder base ...`: results to standard output, what is being done to standard error.
#pragma once

#include <string>
#include <vector>

#include "containers/bases/base_store.hpp"
#include "containers/bases/source.hpp"

namespace sharder {

// Each returns the exit status; what cannot be done is thrown (Error), a signal is 128 + its number.
int base_create(BaseStore store, const BaseRequest& request);
int base_list(const BaseStore& store);
int base_show(const BaseStore& store, const std::string& name);
int base_refresh(BaseStore store, const std::string& name);
int base_remove(BaseStore store, const std::string& name);

/// The table of `base list`.
std::string base_list_text(const std::vector<Base>& bases);
/// What `base show` prints.
std::string base_show_text(const Base& base);

}  // namespace sharder
