internal import DHCP
internal import Glibc
internal import Kernel
internal import SystemPackage

/// resolv.conf(5) for who asks names of this node: the leases' servers and domains, each once, in the order of the links.
enum ResolverFile {
    private static let path: FilePath = "/etc/resolv.conf"
    /// MAXNS: the resolver looks at no more.
    private static let serverLimit = 3

    /// Nil where no lease names a server.
    static func text(of leases: [String: Lease]) -> String? {
        var servers: [String] = []
        var domains: [String] = []
        for (_, lease) in leases.sorted(by: { $0.key < $1.key }) {
            for server in lease.nameServers.map(\.description) where !servers.contains(server) {
                servers.append(server)
            }
            for domain in lease.searchDomains + [lease.domain].compactMap({ $0 }) where !domains.contains(domain) {
                domains.append(domain)
            }
        }
        guard !servers.isEmpty else { return nil }
        let lines = servers.prefix(serverLimit).map { "nameserver \($0)" }
        return (lines + (domains.isEmpty ? [] : ["search \(domains.joined(separator: " "))"])).joined(separator: "\n")
            + "\n"
    }

    /// A reader finds the old file or the new one.
    static func write(_ leases: [String: Lease]) throws(OSError) {
        guard let text = text(of: leases) else { return }
        unsafe _ = mkdir("/etc", 0o755)
        try writeWhole(Array(text.utf8), to: path)
        // writeWhole's are its owner's alone; names are asked for by everybody.
        try systemCall("chmod", on: path.string) { unsafe chmod(path.string, 0o644) }
    }
}
