public import Kernel
internal import SystemPackage

/// A network device with hardware, or a hypervisor's, behind it.
public struct MachineLink: Hashable, Sendable {
    public var name: String
    public var mac: MACAddress
}

extension HostRoot {
    /// The machine's network devices in the order of their slots, for platforms whose metadata numbers interfaces and does not name
    /// their MAC addresses. The kernel's names and indices have no part in the order.
    public func machineLinks() -> [MachineLink] {
        let top: FilePath = "/sys/class/net"
        let found = entriesIfPresent(of: top).prefix(1024).compactMap { name -> (path: String, link: MachineLink)? in
            guard let component = FilePath.Component(name) else { return nil }
            let entry = top.appending(component)
            // `../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0`: the addresses on the way have a fixed width.
            guard let target = try? linkTarget(of: entry), !target.components.contains("virtual"),
                let mac = textIfPresent(entry.appending("address"), limit: 64).flatMap({ MACAddress($0) }),
                mac.rawValue != 0
            else { return nil }
            return (target.string, MachineLink(name: name, mac: mac))
        }
        return found.sorted { $0.path < $1.path }.map(\.link)
    }
}

extension MACAddress {
    /// The interface's own, out of an address that stateless autoconfiguration made of it (RFC 4291, appendix A); nil for another.
    public init?(interfaceOf address: IPv6Address) {
        let bytes = Array(address.bytes.suffix(8))
        guard bytes.count == 8, bytes[3] == 0xff, bytes[4] == 0xfe else { return nil }
        self.init(bytes: [bytes[0] ^ 2, bytes[1], bytes[2], bytes[5], bytes[6], bytes[7]])
        guard !isMulticast else { return nil }
    }
}
