internal import Documents
internal import Kernel
internal import Network
internal import Platform

/// One of `links` in network_data.json: its id is the host's name for it, and means nothing to the machine.
struct OpenStackLink: Sendable {
    let id: String
    let type: String
    let mac: MACAddress
    let mtu: Int?
    /// Not in Nova's schema, but in what some clouds write.
    let name: String?
    /// The ids of a bond's members.
    let members: [String]
    let options: [String: String]
    let vlan: (id: Int, parent: String)?

    init(_ link: MetadataDocument) throws(MetadataFault) {
        id = try link.require("id", link.line)
        type = try link.require("type", link.line)
        mtu = try link.number("mtu", in: 68...65_535)
        name = try link.line("name")
        if let name, name.utf8.count > 15 || !name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) {
            throw link.nonsense("name", "\(name) is no link's name")
        }
        switch type {
        case "vlan":
            let tag = try link.require("vlan_id") { (key) throws(MetadataFault) in try link.number(key, in: 1...4094) }
            vlan = (tag, try link.require("vlan_link", link.line))
            mac = try link.require("vlan_mac_address", link.mac)
            (members, options) = ([], [:])
        case "bond":
            mac = try link.require("ethernet_mac_address", link.mac)
            members = try link.lines("bond_links")
            guard !members.isEmpty else { throw .missing(link.place("bond_links")) }
            options = try Self.options(link)
            vlan = nil
        default:
            // bridge, ovs, tap, vif, phy and whatever else there is on the host: here it is a device.
            mac = try link.require("ethernet_mac_address", link.mac)
            (members, options, vlan) = ([], [:], nil)
        }
    }

    /// `bond_mode`, and what clouds write beside it: `bond_miimon`, `bond_xmit_hash_policy`.
    private static func options(_ link: MetadataDocument) throws(MetadataFault) -> [String: String] {
        _ = try link.require("bond_mode", link.line)
        guard case .object(let keys) = link.value else { return [:] }
        var options: [String: String] = [:]
        for key in keys.keys.sorted() where key.hasPrefix("bond_") && key != "bond_links" {
            guard let value = try link.identifier(key) else { continue }
            let isWord = value.utf8.count <= 64 && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            guard isWord else { throw link.nonsense(key, "\(value) is no option of a bond") }
            options[String(key.dropFirst("bond_".count))] = value
        }
        return options
    }
}
