internal import Documents

/// ifupdown's `/etc/network/interfaces` (interfaces(5)), as metadata has it where it is old: read into cloud-init's version 1, as
/// cloud-init reads it. What a stanza runs (`up`, `pre-down`, …) is left out with a warning, and so is what it includes.
struct InterfacesFile {
    /// One interface, of whose families there is a stanza each.
    private struct Link {
        var members: [String: JSONValue] = ["type": "physical"]
        var subnets: [JSONValue] = []
        var parameters: [String: JSONValue] = [:]
        var isHotplug = false
        var master: String?
        var ports: [String] = []
    }

    private var links: [String: Link] = [:]
    /// In the order in which they came.
    private var names: [String] = []
    private(set) var warnings: [NetworkDocument.Warning] = []

    /// What stands in a subnet; what is not here is the device's.
    private static let subnetKeys: Set<String> = ["address", "netmask", "gateway", "broadcast", "network", "metric"]
    /// A file without one of these is another's.
    private static let stanzas: Set<String> = [
        "auto", "allow-auto", "allow-hotplug", "iface", "mapping", "source", "source-directory",
    ]
    private static let commands: Set<String> = ["up", "down", "pre-up", "post-up", "pre-down", "post-down"]

    init(_ bytes: [UInt8]) throws(NetworkDocumentError) {
        guard bytes.count <= 1 << 20, let text = String(validating: bytes, as: UTF8.self) else {
            throw NetworkDocumentError("", .wanted(.text, found: "more than 1 MiB, or no UTF-8"))
        }
        var stanza: (name: String, subnet: [String: JSONValue])?
        var isOne = false
        let lines = Self.lines(of: text)
        for (number, words) in lines {
            let place = "line \(number)"
            isOne = isOne || Self.stanzas.contains(words[0])
            switch words[0] {
            case "auto", "allow-auto": close(&stanza)
            case "allow-hotplug":
                close(&stanza)
                for name in words.dropFirst() { update(String(name)) { $0.isHotplug = true } }
            case "iface":
                close(&stanza)
                stanza = try open(words, at: place)
            case "mapping", "source", "source-directory", "no-auto-down", "no-scripts", "rename", "template":
                close(&stanza)
                warn("\(place), \(words[0])", .unsupported)
            default:
                guard let name = stanza?.name else {
                    warn("\(place), \(WrittenValue.shortened(words[0]))", .unknownKey)
                    continue
                }
                option(words, of: name, &stanza, at: place)
            }
            guard names.count <= NetworkDocument.limit else {
                throw NetworkDocumentError(place, .tooMany(limit: NetworkDocument.limit))
            }
        }
        close(&stanza)
        if let (number, words) = lines.first, !isOne {
            throw NetworkDocumentError(
                "line \(number)", .unknownWord(WrittenValue.shortened(words[0]), known: Self.stanzas.sorted()))
        }
    }

    /// The words of each line that says something, continued ones joined.
    private static func lines(of text: String) -> [(Int, [String])] {
        var result: [(Int, [String])] = []
        var pending = ""
        var start = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if pending.isEmpty { start = index + 1 }
            if line.hasSuffix("\\") {
                pending += line.dropLast() + " "
                continue
            }
            let words = (pending + line).split { $0 == " " || $0 == "\t" }.map(String.init)
            pending = ""
            if let first = words.first, !first.hasPrefix("#") { result.append((start, words)) }
        }
        return result
    }

    private mutating func warn(_ path: String, _ kind: NetworkDocument.Warning.Kind) {
        warnings.append(NetworkDocument.Warning(path: path, kind: kind))
    }

    private mutating func update(_ name: String, _ change: (inout Link) -> Void) {
        // An alias, eth0:1, is its link.
        let name = String(name.prefix { $0 != ":" })
        if links[name] == nil { names.append(name) }
        change(&links[name, default: Link()])
    }

    /// `iface eth0 inet static`.
    private mutating func open(
        _ words: [String], at place: String
    ) throws(NetworkDocumentError) -> (String, [String: JSONValue])? {
        guard words.count >= 4, let name = words[1].split(separator: ":").first.map(String.init) else {
            throw NetworkDocumentError(place, .missing)
        }
        let types: [String: String] = [
            "inet static": "static", "inet dhcp": "dhcp4", "inet manual": "manual", "inet6 static": "static6",
            "inet6 dhcp": "dhcp6", "inet6 auto": "ipv6_slaac", "inet6 manual": "manual", "inet loopback": "loopback",
            "inet6 loopback": "loopback",
        ]
        guard let type = types["\(words[2]) \(words[3])"] else {
            throw NetworkDocumentError(
                place, .unknownWord(WrittenValue.shortened("\(words[2]) \(words[3])"), known: types.keys.sorted()))
        }
        if type == "loopback" { return nil }
        update(name) { _ in }
        return (name, ["type": .string(type)])
    }

    private mutating func close(_ stanza: inout (name: String, subnet: [String: JSONValue])?) {
        guard let (name, subnet) = stanza else { return }
        update(name) { $0.subnets.append(.object(subnet)) }
        stanza = nil
    }

    private mutating func option(
        _ words: [String], of name: String, _ stanza: inout (name: String, subnet: [String: JSONValue])?,
        at place: String
    ) {
        let key = words[0].replacing("_", with: "-")
        let value = words.dropFirst().joined(separator: " ")
        let list = JSONValue.array(words.dropFirst().map { .string($0) })
        switch key {
        case _ where Self.commands.contains(key): warn("\(place), \(key)", .unsupported)
        case _ where Self.subnetKeys.contains(key): stanza?.subnet[key] = .string(value)
        case "dns-nameservers", "dns-nameserver": stanza?.subnet["dns_nameservers"] = list
        case "dns-search", "dns-domain": stanza?.subnet["dns_search"] = list
        case "hwaddress": update(name) { $0.members["mac_address"] = .string(words.last ?? "") }
        case "mtu": update(name) { $0.members["mtu"] = .string(value) }
        case "accept-ra": update(name) { $0.members["accept-ra"] = .bool(value != "0") }
        case "bond-master": update(name) { $0.master = value }
        case "bond-slaves": update(name) { $0.ports += value == "none" ? [] : words.dropFirst() }
        case "bridge-ports":
            update(name) { link in
                link.members["type"] = "bridge"
                link.ports += value == "none" ? [] : words.dropFirst()
            }
        case "vlan-raw-device", "vlan-id":
            update(name) { link in
                link.members["type"] = "vlan"
                link.members[key == "vlan-id" ? "vlan_id" : "vlan_link"] = .string(value)
            }
        case _ where key.hasPrefix("bond-"):
            update(name) { link in
                link.members["type"] = "bond"
                link.parameters[key] = .string(value)
            }
        case _ where key.hasPrefix("bridge-"):
            update(name) { $0.parameters[key] = .string(value) }
        default: warn("\(place), \(WrittenValue.shortened(words[0]))", .unknownKey)
        }
    }

    // MARK: - As version 1

    /// The document, and what its entries are called.
    var document: (value: JSONValue, names: [String]) {
        var links = links
        for name in names {
            if let master = links[name]?.master, let bond = links[master], !bond.ports.contains(name) {
                links[master]?.ports.append(name)
            }
        }
        let entries = names.map { name -> JSONValue in
            guard var link = links[name] else { return .null }
            var type = link.members["type"]?.string ?? "physical"
            if type == "physical", !link.ports.isEmpty { type = "bond" }
            // eth0.5 is VLAN 5 on eth0.
            let parts = name.split(separator: ".", maxSplits: 1)
            if type == "physical" || type == "vlan", parts.count == 2, UInt16(parts[1]) != nil {
                type = "vlan"
                link.members["vlan_id"] = link.members["vlan_id"] ?? .string(String(parts[1]))
                link.members["vlan_link"] = link.members["vlan_link"] ?? .string(String(parts[0]))
            } else if type == "vlan", name.hasPrefix("vlan"), link.members["vlan_id"] == nil {
                link.members["vlan_id"] = .string(String(name.dropFirst(4)))
            }
            // ifupdown knows a bond's ports from their own stanzas too.
            if type == "physical", link.master != nil { link.parameters = [:] }
            link.members["type"] = .string(type)
            link.members["name"] = .string(name)
            link.members["subnets"] = .array(
                link.subnets.map { subnet in
                    guard link.isHotplug, case .object(var members) = subnet else { return subnet }
                    members["control"] = "hotplug"
                    return .object(members)
                })
            if type == "bond" { link.members["bond_interfaces"] = JSONValue(link.ports) }
            if type == "bridge" { link.members["bridge_interfaces"] = JSONValue(link.ports) }
            if !link.parameters.isEmpty { link.members["params"] = .object(link.parameters) }
            return .object(link.members)
        }
        return (["version": 1, "config": .array(entries)], names)
    }
}

extension NetworkDocument {
    /// Reads ifupdown's format (interfaces(5)).
    public init(interfaces bytes: [UInt8]) throws(NetworkDocumentError) {
        let file = try InterfacesFile(bytes)
        let (value, names) = file.document
        /// `config[3].mtu` is `iface eth0.mtu` to who wrote it.
        func place(_ path: String) -> String {
            guard path.hasPrefix("config["), let end = path.firstIndex(of: "]"),
                let index = Int(path[..<end].dropFirst(7)), names.indices.contains(index)
            else { return path }
            return "iface \(WrittenValue.shortened(names[index]))\(path[path.index(after: end)...])"
        }
        do throws(NetworkDocumentError) {
            let read = try NetworkDocument(value)
            self.init(
                network: read.network,
                warnings: file.warnings + read.warnings.map { Warning(path: place($0.path), kind: $0.kind) })
        } catch {
            throw NetworkDocumentError(place(error.path), error.kind)
        }
    }

    private init(network: DesiredNetwork, warnings: [Warning]) {
        self.network = network
        self.warnings = warnings
    }
}
