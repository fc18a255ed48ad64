public import Documents

extension TableReading {
    /// The document of `sfdisk -J`, with `problems` (and `notes`) beside its `partitiontable`; without a table that is null.
    public func document(device: String) -> JSONValue {
        [
            "partitiontable": tableDocument(device), "problems": .array(problems.map(\.document)),
            "notes": .array(notes.map(\.document)),
        ]
    }

    /// `{"ok":…,"problems":[…],"notes":[…]}`
    public var verdict: JSONValue {
        [
            "ok": .bool(problems.isEmpty), "label": kind == .none ? .null : .string(kind.rawValue),
            "problems": .array(problems.map(\.document)), "notes": .array(notes.map(\.document)),
        ]
    }

    private func tableDocument(_ device: String) -> JSONValue {
        let node = { (number: Int) in Self.node(device, number) }
        if kind == .gpt, let table {
            var members: [String: JSONValue] = [
                "label": "gpt", "id": .string(table.diskGUID.description), "device": .string(device), "unit": "sectors",
                "firstlba": JSONValue(table.firstUsableLBA), "lastlba": JSONValue(table.lastUsableLBA),
                "sectorsize": JSONValue(sectorSize),
            ]
            if table.entries.count != 128 { members["table-length"] = .string("\(table.entries.count)") }
            let partitions = table.partitions
            if !partitions.isEmpty {
                members["partitions"] = .array(partitions.map { $0.document(node: node($0.number)) })
            }
            return .object(members)
        }
        guard let dos else { return .null }
        var members: [String: JSONValue] = [
            "label": "dos", "id": .string(hex(dos.identifier)), "device": .string(device), "unit": "sectors",
            "sectorsize": JSONValue(sectorSize),
        ]
        if !dos.partitions.isEmpty {
            members["partitions"] = .array(dos.partitions.map { $0.document(node: node($0.number)) })
        }
        return .object(members)
    }

    /// The kernel's name of a partition: a `p` between where the disk's ends in a digit.
    public static func node(_ device: String, _ number: Int) -> String {
        let needsLetter = device.utf8.last.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        return "\(device)\(needsLetter ? "p" : "")\(number)"
    }
}

extension TableProblem {
    public var document: JSONValue {
        [
            "code": .string(code.rawValue), "where": .string(place.description), "number": JSONValue(place.number),
            "lba": JSONValue(lba), "message": .string(message),
        ]
    }
}

extension GPTTable.Partition {
    func document(node: String) -> JSONValue {
        var members: [String: JSONValue] = [
            "node": .string(node), "start": JSONValue(entry.firstLBA), "size": JSONValue(entry.sectorCount ?? 0),
            "type": .string(entry.type.description), "uuid": .string(entry.guid.description),
        ]
        if !entry.labelUnits.isEmpty { members["name"] = .string(entry.label) }
        let words = entry.attributes.sfdiskWords
        if !words.isEmpty { members["attrs"] = .string(words) }
        return .object(members)
    }
}

extension DOSTable.Partition {
    func document(node: String) -> JSONValue {
        var members: [String: JSONValue] = [
            "node": .string(node), "start": JSONValue(firstLBA), "size": JSONValue(sectorCount),
            "type": .string(String(type, radix: 16)),
        ]
        if isBootable { members["bootable"] = true }
        return .object(members)
    }
}
