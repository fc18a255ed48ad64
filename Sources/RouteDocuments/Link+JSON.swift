internal import CKernel
package import Documents
internal import Kernel
internal import Netlink
package import RouteNetlink

extension Link {
    /// The object that `ip -j -d link show` prints, and under their attributes' names what it does not.
    package func document(_ links: LinkDirectory) -> JSONValue {
        var members: [String: JSONValue] = [
            "ifindex": JSONValue(index), "ifname": .string(name), "flags": JSONValue(flagWords(links)),
            "link_type": .string(typeWord), "operstate": .string("\(operationalState)"),
        ]
        addLowerLink(links, to: &members)
        members["mtu"] = maximumTransmissionUnit.map { JSONValue($0) }
        members["qdisc"] = queueingDiscipline.map { .string($0) }
        if let master { members["master"] = links.name(of: master).map { .string($0) } ?? .string("if\(master)") }
        if let mode { members["linkmode"] = mode < 2 ? .string(["DEFAULT", "DORMANT"][Int(mode)]) : JSONValue(mode) }
        if let group { members["group"] = .string(group == 0 ? "default" : "\(group)") }
        if let length = transmitQueueLength, length != 0 { members["txqlen"] = JSONValue(length) }
        addAddresses(to: &members)
        addDevice(to: &members)
        addFamilies(to: &members)
        members["linkinfo"] = information(links)
        let names = alternativeNames
        if !names.isEmpty { members["altnames"] = JSONValue(names) }
        members["ifalias"] = alias.map { .string($0) }
        members["carrier"] = hasCarrier.map { .bool($0) }
        let functions = virtualFunctions
        if !functions.isEmpty { members["vfinfo_list"] = .array(functions.map { $0.document }) }
        if let statistics { members["stats64"] = statistics.document }
        return .object(members)
    }

    private func addLowerLink(_ links: LinkDirectory, to members: inout [String: JSONValue]) {
        if let lower = lowerLink {
            if lower == 0 {
                members["link"] = .null
            } else if lowerLinkNamespace != nil {
                members["link_index"] = JSONValue(lower)
            } else {
                members["link"] = .string(links.name(of: lower) ?? "if\(lower)")
            }
        }
        if let namespace = lowerLinkNamespace {
            if let name = links.namespaces[namespace] {
                members["link_netns"] = .string(name)
            } else {
                members["link_netnsid"] = namespace >= 0 ? JSONValue(namespace) : .null
            }
        }
        members["new_netnsid"] = newNamespace.map { JSONValue($0) }
        members["new_ifindex"] = newIndex.map { JSONValue($0) }
    }

    private func addAddresses(to members: inout [String: JSONValue]) {
        if attributes.contains(IFLA_ADDRESS) { members["address"] = .string(word(hardwareAddress)) }
        if let broadcast = broadcastAddress {
            if flags.contains(.pointToPoint) { members["link_pointtopoint"] = true }
            members["broadcast"] = .string(word(broadcast))
        }
        if let permanent = permanentHardwareAddress, permanent != hardwareAddress {
            members["permaddr"] = .string(word(permanent))
        }
    }

    /// As an IP address where the link is a tunnel over IP.
    private func word(_ address: HardwareAddress) -> String {
        let isTunnel: Bool =
            switch address.count {
            case 4: [.tunnel, .sit, .gre].contains(type)
            case 16: [.tunnel6, .gre6].contains(type)
            default: false
            }
        if isTunnel, let address = address.ipAddress { return "\(address)" }
        return "\(address)"
    }

    private func addDevice(to members: inout [String: JSONValue]) {
        let numbers: [(String, UInt32?)] = [
            ("promiscuity", promiscuity), ("allmulti", allMulticastCount), ("min_mtu", smallestTransmissionUnit),
            ("max_mtu", largestTransmissionUnit), ("num_tx_queues", transmitQueueCount),
            ("num_rx_queues", receiveQueueCount), ("gso_max_size", largestSegmentation),
            ("gso_max_segs", mostSegments), ("tso_max_size", largestDeviceSegmentation),
            ("tso_max_segs", mostDeviceSegments), ("gro_max_size", largestReceiveAggregate),
            ("gso_ipv4_max_size", largestIPv4Segmentation), ("gro_ipv4_max_size", largestIPv4ReceiveAggregate),
            ("carrier_changes", carrierChanges), ("carrier_up_count", carrierUps),
            ("carrier_down_count", carrierDowns),
        ]
        for (key, value) in numbers { members[key] = value.map { JSONValue($0) } }
        for (key, value) in [
            ("phys_port_name", physicalPortName), ("parentbus", parentBus), ("parentdev", parentDevice),
            ("phys_port_id", physicalPort.map { digits($0) }), ("phys_switch_id", physicalSwitch.map { digits($0) }),
        ] { members[key] = value.map { .string($0) } }
        if isProtocolDown == true { members["proto_down"] = true }
        if let reasons = protocolDownReasons {
            members["proto_down_reason"] = JSONValue((0..<32).filter { reasons >> $0 & 1 == 1 }.map { "\($0)" })
        }
        if let event, event != 0 {
            let names = [
                "NONE", "REBOOT", "FEATURE CHANGE", "BONDING FAILOVER", "NOTIFY PEERS", "RESEND IGMP", "BONDING OPTION",
            ]
            members["event"] = .string(event < UInt32(names.count) ? names[Int(event)] : "UNKNOWN \(event)")
        }
    }

    private func digits(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func addFamilies(to members: inout [String: JSONValue]) {
        guard let version6 else { return }
        members["inet6_addr_gen_mode"] = version6.addressGenerationMode.map { .string("\($0)") }
        members["inet6_ra_mtu"] = version6.advertisedTransmissionUnit.flatMap { $0 == 0 ? nil : JSONValue($0) }
        if let token = version6.token, token != .any { members["inet6_token"] = .string("\(token)") }
        if let xdp {
            var inner: [String: JSONValue] = ["mode": JSONValue(xdp.mode)]
            if let program = xdp.program ?? xdp.driverProgram ?? xdp.genericProgram ?? xdp.hardwareProgram {
                inner["prog"] = ["id": JSONValue(program)]
            }
            members["xdp"] = .object(inner)
        }
    }

    private func information(_ links: LinkDirectory) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        if let kind, let options {
            members["info_kind"] = .string(kind)
            members["info_data"] = LinkVocabulary.link(kind)?.document(options.attributes, links)
        }
        if let kind = portKind, let options = portOptions {
            members["info_slave_kind"] = .string(kind)
            members["info_slave_data"] = LinkVocabulary.port(kind)?.document(options.attributes, links)
        }
        return members.isEmpty ? nil : .object(members)
    }
}
