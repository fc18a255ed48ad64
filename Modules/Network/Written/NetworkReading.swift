internal import Documents
internal import Kernel

/// What has been read of a document so far.
struct NetworkReading {
    /// One interface standing on another.
    private struct Use {
        let owner: String
        let member: String
        let path: String
        /// A port has one master; several VLANs may be on one link.
        let isPort: Bool
    }

    var network = DesiredNetwork()
    private(set) var warnings: [NetworkDocument.Warning] = []
    /// By what the document calls them, the places in `network.interfaces`.
    private(set) var places: [String: Int] = [:]
    private var uses: [Use] = []
    private var portOptions: [(member: String, option: String, value: String, path: String)] = []

    mutating func warn(_ path: String, _ kind: NetworkDocument.Warning.Kind) {
        warnings.append(NetworkDocument.Warning(path: path, kind: kind))
    }

    /// Whatever a mapping has that nobody asked for.
    mutating func warn(about mapping: WrittenMapping) {
        for key in mapping.unknownKeys { warn(mapping.place(of: key), .unknownKey) }
    }

    /// A key of the format that this build does not do; one that is off, or empty, asks for nothing.
    mutating func leaveOut(_ keys: [String], of mapping: inout WrittenMapping) {
        for key in keys {
            guard let value = mapping.value(key) else { continue }
            switch value.value {
            case .bool(false), .array([]), .object([:]): continue
            default: warn(value.path, .unsupported)
            }
        }
    }

    // MARK: - Interfaces

    mutating func define(
        _ interface: DesiredNetwork.Interface, as reference: String, at path: String
    ) throws(NetworkDocumentError) {
        guard places[reference] == nil else {
            throw NetworkDocumentError(path, .duplicate(WrittenValue.shortened(reference)))
        }
        guard network.interfaces.count < NetworkDocument.limit else {
            throw NetworkDocumentError(path, .tooMany(limit: NetworkDocument.limit))
        }
        places[reference] = network.interfaces.count
        network.interfaces.append(interface)
    }

    /// The members that a list names, each once.
    mutating func members(
        _ list: [WrittenValue], of owner: String
    ) throws(NetworkDocumentError) -> [String] {
        var names: [String] = []
        var known: Set<String> = []
        for value in list {
            let name = try value.text()
            guard known.insert(name).inserted else { continue }
            names.append(name)
            uses.append(Use(owner: owner, member: name, path: value.path, isPort: true))
        }
        return names
    }

    mutating func link(_ value: WrittenValue, of owner: String) throws(NetworkDocumentError) -> String {
        let name = try value.text()
        uses.append(Use(owner: owner, member: name, path: value.path, isPort: false))
        return name
    }

    /// What a bridge says of a port.
    mutating func setPort(_ member: String, _ option: String, to value: Int, at path: String) {
        portOptions.append((member, option, "\(value)", path))
    }

    // MARK: - The whole

    /// What can be judged only when all is read.
    mutating func finish() throws(NetworkDocumentError) {
        try checkUses()
        for (member, option, value, path) in portOptions {
            guard let place = places[member] else {
                warn(path, .undefined(WrittenValue.shortened(member)))
                continue
            }
            network.interfaces[place].portOptions[option] = value
        }
        var names: Set<String> = []
        for interface in network.interfaces {
            guard let name = interface.name else { continue }
            guard names.insert(name).inserted else { throw NetworkDocumentError("", .duplicate(name)) }
        }
        // An opaque name is kept where somebody uses it.
        let used = Set(uses.map(\.member))
        for (reference, place) in places where used.contains(reference) && network.interfaces[place].name != reference {
            network.interfaces[place].reference = reference
        }
    }

    private mutating func checkUses() throws(NetworkDocumentError) {
        var masters: [String: String] = [:]
        var below: [String: [String]] = [:]
        for use in uses {
            if places[use.member] == nil {
                guard WrittenValue.isInterfaceName(use.member) else {
                    throw NetworkDocumentError(
                        use.path, .wanted(.interfaceName, found: WrittenValue.shortened(use.member)))
                }
                warn(use.path, .undefined(use.member))
            }
            if use.isPort, let master = masters.updateValue(use.owner, forKey: use.member), master != use.owner {
                throw NetworkDocumentError(use.path, .duplicate(WrittenValue.shortened(use.member)))
            }
            below[use.owner, default: []].append(use.member)
        }
        // Each owner once, whatever its depth: those that nothing stands on are taken away until none is left.
        var standing: [String: Int] = [:]
        for members in below.values { for member in members { standing[member, default: 0] += 1 } }
        var free = below.keys.filter { standing[$0] == nil }
        while let owner = free.popLast() {
            for member in below.removeValue(forKey: owner) ?? [] {
                guard let count = standing[member] else { continue }
                standing[member] = count - 1
                if count == 1, below[member] != nil { free.append(member) }
            }
        }
        if let owner = below.keys.min() {
            throw NetworkDocumentError("", .circular(WrittenValue.shortened(owner)))
        }
    }
}
