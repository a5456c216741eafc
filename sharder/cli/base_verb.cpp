#include "sharder/cli/base.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/run/exit_status.hpp"

namespace sharder {

int verb_base(const CommandLine& line) {
  BaseStore store;
  const BaseOptions& options = line.base;
  switch (line.verb) {
    case Verb::base_create: {
      BaseRequest request;
      request.name = options.name;
      request.from = options.from;
      request.release = options.release;
      request.mirror = options.mirror;
      request.packages = options.packages;
      request.replace = options.replace;
      return base_create(std::move(store), request);
    }
    case Verb::base_list: return base_list(store);
    case Verb::base_show: return base_show(store, options.name);
    case Verb::base_refresh: return base_refresh(std::move(store), options.name);
    case Verb::base_remove: return base_remove(std::move(store), options.name);
    default: return exit_status::bug;
  }
}

}  // namespace sharder
