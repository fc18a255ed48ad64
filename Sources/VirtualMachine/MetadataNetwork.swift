internal import CKernel
internal import Glibc
internal import Kernel
internal import RouteNetlink
internal import SystemPackage

/// A network namespace with `lo` alone, the clouds' metadata addresses on it, and no way out. It belongs to the thread that
/// enters it and to what that thread starts, has no name, and goes away with the last of them.
enum MetadataNetwork {
    static let addresses = ["169.254.169.254/32", "fd00:ec2::254/128", "fd20:ce::254/128"]

    /// Moves the calling thread, for good.
    static func enter() throws(MachineError) {
        guard sw_unshare_network() == 0 else {
            let code = Errno(rawValue: errno)
            throw MachineError(
                .failed, "a network namespace of the machine's own: \(code.description)",
                hint: code == .notPermitted ? "run this as root (CAP_SYS_ADMIN)" : nil)
        }
        do { try configure() } catch {
            throw MachineError(.failed, "the machine's network namespace: \(error)", hint: nil)
        }
    }

    private static func configure() throws {
        let deadline = Deadline(in: .seconds(5))
        var route = try RouteConnection.open()
        let loopback = try route.link(named: "lo", until: deadline)
        try route.setLink(loopback.index, up: true, until: deadline)
        for prefix in addresses.compactMap({ IPPrefix($0) }) {
            // A tentative address cannot be bound: no duplicate detection on lo.
            try route.addAddress(
                InterfaceAddress(linkIndex: loopback.index, prefix: prefix, flags: .noDuplicateDetection),
                until: deadline)
        }
    }
}
