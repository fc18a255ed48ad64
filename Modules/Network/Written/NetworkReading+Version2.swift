internal import Documents
internal import Kernel

/// netplan's format (its YAML reference; cloud-init's "Networking config Version 2").
extension NetworkReading {
    /// Its kinds of device that this build does not make.
    private static let otherKinds = [
        "dummy-devices", "modems", "nm-devices", "tunnels", "virtual-ethernets", "vrfs", "wifis",
    ]

    mutating func readVersion2(_ top: inout WrittenMapping) throws(NetworkDocumentError) {
        _ = top.value("renderer")
        leaveOut(["openvswitch"], of: &top)
        for kind in Self.otherKinds {
            guard let devices = try top.mapping(kind) else { continue }
            for id in devices.keys where id != "renderer" { warn(devices.place(of: id), .unsupported) }
        }
        try each(of: "ethernets", in: &top) { (reading, id, device) throws(NetworkDocumentError) in
            try reading.readEthernet(id, &device)
        }
        try each(of: "bonds", in: &top) { (reading, id, device) throws(NetworkDocumentError) in
            let members = try reading.members(try device.list("interfaces"), of: id)
            var parameters = try device.mapping("parameters") ?? WrittenMapping([:], at: "")
            let options = try BondWords.readVersion2(&parameters)
            reading.leaveOut(["openvswitch"], of: &device)
            reading.warn(about: parameters)
            return .bond(members: members, options: options)
        }
        try each(of: "bridges", in: &top) { (reading, id, device) throws(NetworkDocumentError) in
            let members = try reading.members(try device.list("interfaces"), of: id)
            var parameters = try device.mapping("parameters") ?? WrittenMapping([:], at: "")
            let options = try BridgeWords.readVersion2(&parameters, into: &reading)
            reading.leaveOut(["openvswitch"], of: &device)
            reading.warn(about: parameters)
            return .bridge(members: members, options: options)
        }
        try each(of: "vlans", in: &top) { (reading, id, device) throws(NetworkDocumentError) in
            let number = try device.require("id").integer(in: 0...4094)
            let link = try reading.link(try device.require("link"), of: id)
            if try device.text("renderer") == "sriov" { reading.warn(device.place(of: "renderer"), .unsupported) }
            return .vlan(id: number, link: link)
        }
    }

    /// Each virtual device of a kind; its ID is its name.
    private mutating func each(
        of kind: String, in top: inout WrittenMapping,
        _ body: (inout NetworkReading, String, inout WrittenMapping) throws(NetworkDocumentError) -> DesiredNetwork.Kind
    ) throws(NetworkDocumentError) {
        try each(of: kind, in: &top) { (reading, id, device) throws(NetworkDocumentError) in
            var interface = DesiredNetwork.Interface()
            interface.kind = try body(&reading, id, &device)
            interface.name = try WrittenValue(.string(id), at: device.path).interfaceName()
            interface.mac = try device.value("macaddress")?.macAddress()
            return interface
        }
    }

    private mutating func each(
        of kind: String, in top: inout WrittenMapping,
        _ body: (inout NetworkReading, String, inout WrittenMapping) throws(NetworkDocumentError)
            -> DesiredNetwork.Interface
    ) throws(NetworkDocumentError) {
        guard var devices = try top.mapping(kind) else { return }
        _ = devices.value("renderer")
        for id in devices.keys where id != "renderer" {
            guard var device = try devices.mapping(id) else { continue }
            var interface = try body(&self, id, &device)
            try readCommon(&device, into: &interface)
            warn(about: device)
            try define(interface, as: id, at: device.path)
        }
        warn(about: devices)
    }

    // MARK: - Devices that are there

    private mutating func readEthernet(
        _ id: String, _ device: inout WrittenMapping
    ) throws(NetworkDocumentError) -> DesiredNetwork.Interface {
        var interface = DesiredNetwork.Interface()
        if var match = try device.mapping("match"), !match.members.isEmpty {
            interface.mac = try match.value("macaddress")?.macAddress()
            let name = try match.text("name")
            var drivers: [String] = []
            for driver in try match.value("driver")?.listOrOne() ?? [] { drivers.append(try driver.text()) }
            if name != nil || !drivers.isEmpty { interface.match = DesiredNetwork.Match(name: name, drivers: drivers) }
            interface.name = try device.value("set-name")?.interfaceName()
            warn(about: match)
        } else {
            interface.name = try WrittenValue(.string(id), at: device.path).interfaceName()
            if let name = device.value("set-name") { warn(name.path, .needs("match")) }
        }
        interface.newMAC = try device.value("macaddress")?.macAddress()
        interface.wakesByMagicPacket = try device.boolean("wakeonlan")
        for (key, feature) in Self.features {
            if let value = try device.boolean(key) { interface.features[feature] = value }
        }
        leaveOut(
            [
                "auth", "delay-virtual-functions-rebind", "embedded-switch-mode", "emit-lldp", "infiniband-mode",
                "link", "openvswitch", "virtual-function-count",
            ], of: &device)
        return interface
    }

    /// As `ethtool -K` names them.
    private static let features = [
        ("receive-checksum-offload", "rx"), ("transmit-checksum-offload", "tx"),
        ("tcp-segmentation-offload", "tx-tcp-segmentation"), ("tcp6-segmentation-offload", "tx-tcp6-segmentation"),
        ("generic-segmentation-offload", "tx-generic-segmentation"), ("generic-receive-offload", "rx-gro"),
        ("large-receive-offload", "rx-lro"),
    ]
}
