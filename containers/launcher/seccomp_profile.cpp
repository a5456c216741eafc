#include "containers/launcher/seccomp_profile.hpp"

namespace sharder::launcher {
namespace {

/// What would change the kernel for all, or opens files by number past every directory (CVE-2014-3519). `umount -f`
/// of a network file system hurts everybody who uses it.
constexpr const char* always = R"(2
denylist
reject_force_umount
[all]
kexec_load errno 1
kexec_file_load errno 1
init_module errno 1
finit_module errno 1
delete_module errno 1
open_by_handle_at errno 1
)";

/// A value is compared by its lower 32 bits where the kernel takes an int: the upper ones are the caller's to choose.
///
/// - bpf: programs in the kernel; namespaces know nothing of it
/// - keys: a way into the kernel that was open often (CVE-2014-9529, CVE-2016-0728); tests use none
/// - syslog: the kernel's log is the machine's, and readable where kernel.dmesg_restrict is 0
/// - perf_event_open of process -1: what all processes of a CPU do, readable where kernel.perf_event_paranoid is low
/// - userfaultfd without UFFD_USER_MODE_ONLY: stops the kernel itself in mid-copy, the helper of many an exploit
/// - sockets of family 40, AF_VSOCK: lead to the hypervisor and to other guests, whatever the network namespace
constexpr const char* for_strangers = R"(bpf errno 1
add_key errno 1
request_key errno 1
keyctl errno 1
syslog errno 1
perf_event_open errno 1 [1,0xffffffff,SCMP_CMP_MASKED_EQ,0xffffffff]
userfaultfd errno 1 [0,0,SCMP_CMP_MASKED_EQ,1]
socket errno 97 [0,40,SCMP_CMP_MASKED_EQ,0xffffffff]
)";

}  // namespace

std::string seccomp_profile(bool privileged) {
  return privileged ? always : std::string(always) + for_strangers;
}

}  // namespace sharder::launcher
