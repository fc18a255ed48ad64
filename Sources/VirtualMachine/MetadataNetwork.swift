internal import CKernel
internal import Glibc
internal import Kernel
internal import RouteNetlink
internal import SystemPackage

/// A network namespace with `lo` alone, the metadata service's addresses on it, and no way out. It belongs to the thread that
/// enters it and to what that thread starts, has no name, and goes away with the last of them.
enum MetadataNetwork {
    /// What a loopback has by itself.
    private static let own = Set(["127.0.0.1/32", "::1/128"].compactMap { IPPrefix($0) })

    /// Moves the calling thread, for good. `authorities` is where somebody will listen: `169.254.169.254:80`.
    static func enter(_ authorities: [String]) throws(MachineError) {
        guard sw_unshare_network() == 0 else {
            let code = Errno(rawValue: errno)
            throw MachineError(
                .failed, "a network namespace of the machine's own: \(code.description)",
                hint: code == .notPermitted ? "run this as root (CAP_SYS_ADMIN)" : nil)
        }
        do { try configure(authorities.compactMap(Self.address)) } catch {
            throw MachineError(.failed, "the machine's network namespace: \(error)", hint: nil)
        }
    }

    private static func address(_ authority: String) -> IPAddress? {
        guard let colon = authority.lastIndex(of: ":") else { return nil }
        let host = authority[..<colon]
        return IPAddress(String(host.first == "[" ? host.dropFirst().dropLast() : host))
    }

    private static func configure(_ addresses: [IPAddress]) throws {
        let deadline = Deadline(in: .seconds(5))
        var route = try RouteConnection.open()
        let loopback = try route.link(named: "lo", until: deadline)
        try route.setLink(loopback.index, up: true, until: deadline)
        for prefix in Set(addresses.map { IPPrefix(host: $0) }).subtracting(Self.own) {
            // A tentative address cannot be bound: no duplicate detection on lo.
            try route.addAddress(
                InterfaceAddress(linkIndex: loopback.index, prefix: prefix, flags: .noDuplicateDetection),
                until: deadline)
        }
    }
}
