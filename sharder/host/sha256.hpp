// The SHA-256 digest of a text, to tell whether a file is the one that was meant. FIPS 180-4. Written out
// here since nothing else in the program needs a library of cryptography.
#pragma once

#include <string>
#include <string_view>

namespace sharder {

/// 64 hexadecimal digits in lower case, as sha256sum prints them.
std::string sha256(std::string_view bytes);

}  // namespace sharder
