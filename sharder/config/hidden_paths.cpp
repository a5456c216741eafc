#include "sharder/config/hidden_paths.hpp"

#include "sharder/support/text.hpp"

namespace sharder {

const std::vector<std::string>& secret_names() {
  static const std::vector<std::string> names{".ssh",
                                              ".gnupg",
                                              ".netrc",
                                              ".pgpass",
                                              ".my.cnf",
                                              ".git-credentials",
                                              ".aws",
                                              ".azure",
                                              ".boto",
                                              ".s3cfg",
                                              ".docker",
                                              ".kube",
                                              ".config/gcloud",
                                              ".config/gh",
                                              ".config/hub",
                                              ".config/glab-cli",
                                              ".config/doctl",
                                              ".config/openstack",
                                              ".config/rclone",
                                              ".config/containers/auth.json",
                                              ".config/git/credentials",
                                              ".config/sops",
                                              ".config/op",
                                              ".password-store",
                                              ".vault-token",
                                              ".pypirc",
                                              ".npmrc",
                                              ".cargo/credentials",
                                              ".cargo/credentials.toml",
                                              ".gem/credentials",
                                              ".m2/settings.xml",
                                              ".gradle/gradle.properties",
                                              ".terraform.d/credentials.tfrc.json",
                                              ".local/share/keyrings",
                                              ".local/share/juju",
                                              ".launchpadlib",
                                              ".mozilla",
                                              ".config/google-chrome",
                                              ".config/chromium",
                                              ".thunderbird",
                                              ".bash_history",
                                              ".zsh_history",
                                              ".python_history",
                                              ".psql_history",
                                              ".mysql_history"};
  return names;
}

std::vector<std::string> default_hidden_paths() {
  std::vector<std::string> paths{
      "/root", "/home/*",
      // Whom the machine trusts, and who it is. A clone whose tests need `su` gets /etc/shadow without its
      // hashes (without_passwords) in place of this one; the hashes themselves are nobody's business.
      "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/security/opasswd",
      "/var/backups/*shadow*", "/etc/ssh/*_key", "/etc/ssl/private", "/etc/pki/tls/private",
      "/etc/letsencrypt", "/etc/krb5.keytab",
      // Ways into networks.
      "/etc/ipsec.secrets", "/etc/ipsec.d/private", "/etc/swanctl/private", "/etc/ppp/*-secrets",
      "/etc/wireguard", "/etc/openvpn", "/etc/NetworkManager/system-connections", "/etc/netplan",
      "/etc/wpa_supplicant",
      // Registries, clouds, orchestrators.
      "/etc/apt/auth.conf", "/etc/apt/auth.conf.d", "/etc/cloud/cloud.cfg.d", "/var/lib/cloud",
      "/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd", "/etc/rancher", "/var/lib/rancher",
      "/var/lib/docker", "/var/lib/containers", "/var/lib/containerd", "/var/lib/lxd", "/var/snap/lxd",
      "/var/lib/incus", "/var/lib/lxc", "/etc/vault.d", "/etc/boto.cfg", "/var/lib/juju", "/etc/juju",
      // Who runs tests here: passwords of workers (buildbot.tac), tokens of runners, jobs of others.
      "/var/lib/buildbot", "/var/lib/jenkins", "/etc/gitlab-runner", "/var/lib/gitlab-runner",
      "/opt/actions-runner", "/var/lib/sharder",
      // What people and machines wrote to each other.
      "/var/mail", "/var/spool/mail", "/var/spool/cron/crontabs", "/var/lib/systemd/coredump", "/var/crash"};
  for (const char* home : {"/root/", "/home/*/"})
    for (const std::string& name : secret_names()) paths.push_back(home + name);
  return paths;
}

std::string without_passwords(std::string_view shadow) {
  std::string text;
  for (const std::string& line : split_lines(shadow)) {
    std::vector<std::string> fields = split(line, ':');
    // "!" and "*" say that no password fits, and are no secrets.
    if (fields.size() > 1 && !fields[1].empty() && fields[1] != "!" && fields[1] != "!!") fields[1] = "*";
    text += join(fields, ":") + "\n";
  }
  return text;
}

}  // namespace sharder
