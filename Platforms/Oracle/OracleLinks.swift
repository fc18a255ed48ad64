internal import Documents
internal import Kernel
internal import Network
internal import Platform

/// `/opc/v2/vnics/`: the primary one first. Its secondary private addresses are not told.
struct OracleLinks: Sendable {
    private struct Link: Sendable {
        var interface: MetadataSnapshot.Interface
        /// On bare metal: the physical card, and the VLAN on it; the card's own VNIC has none.
        var card: Int?
        var vlan: Int?
        /// A virtual machine's VNICs have a tag as well, which is the hypervisor's business.
        var isVLAN: Bool { card != nil && vlan.map { $0 > 0 } == true }
    }
    private var links: [Link] = []
    private let raw: JSONValue

    init(_ document: MetadataDocument) throws(MetadataFault) {
        raw = document.value
        for (index, vnic) in try document.elements().enumerated() {
            let mac = try vnic.require("macAddr", vnic.mac)
            guard !links.contains(where: { $0.interface.mac == mac }) else {
                throw vnic.nonsense("macAddr", "two VNICs have \(mac)")
            }
            var link = Link(interface: MetadataSnapshot.Interface(mac: mac))
            link.card = try vnic.number("nicIndex", in: 0...255)
            link.vlan = try vnic.number("vlanTag", in: 0...4094)
            link.interface.deviceIndex = index
            // "All VNICs have an MTU of 9000": "Hanging Connection".
            link.interface.mtu = 9000
            if let address = try vnic.ipv4("privateIp") {
                let subnet = try vnic.require("subnetCidrBlock", vnic.prefix)
                guard subnet.contains(.v4(address)), let prefix = IPPrefix(.v4(address), length: subnet.length) else {
                    throw vnic.nonsense("subnetCidrBlock", "\(address) is not in \(subnet)")
                }
                link.interface.addresses.append(prefix)
                link.interface.gateway4 = try vnic.require("virtualRouterIp", vnic.ipv4)
                // DHCP serves the primary VNIC, with the subnet's own resolver and search domain, which stand nowhere else.
                link.interface.usesDHCP4 = index == 0
            }
            let addresses = try vnic.addresses("ipv6Addresses")
            if !addresses.isEmpty {
                let subnet = try vnic.require("ipv6SubnetCidrBlock", vnic.prefix)
                for address in addresses {
                    guard subnet.contains(address), let prefix = IPPrefix(address, length: subnet.length) else {
                        throw vnic.nonsense("ipv6SubnetCidrBlock", "\(address) is not in \(subnet)")
                    }
                    link.interface.addresses.append(prefix)
                }
                link.interface.gateway6 = try vnic.ipv6("ipv6VirtualRouterIp")
            }
            guard !link.interface.addresses.isEmpty else { throw .missing(vnic.place("privateIp")) }
            links.append(link)
        }
        guard !links.isEmpty else { throw .missing("the first VNIC") }
        for link in links where link.isVLAN && parent(of: link) == nil {
            throw .nonsense("no VNIC is the card's own that \(link.interface.mac) is on")
        }
    }

    private func parent(of link: Link) -> Link? { links.first { $0.card == link.card && $0.vlan == 0 } }

    func add(to snapshot: inout MetadataSnapshot) {
        snapshot.raw["vnics"] = raw
        snapshot.interfaces = links.map(\.interface)
        for address in links.flatMap(\.interface.addresses) { snapshot.list(address.address) }
        guard links.contains(where: \.isVLAN) else { return }
        var network = snapshot.network
        for (index, link) in links.enumerated() where link.isVLAN && network.interfaces.indices.contains(index) {
            guard let id = link.vlan, let parent = parent(of: link) else { continue }
            network.interfaces[index].kind = .vlan(id: id, link: parent.interface.mac.description)
        }
        snapshot.writtenNetwork = network
    }
}
