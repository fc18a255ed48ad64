public import Documents

extension ProbeReport {
    /// The document of `disk probe`. Nothing found is a `type` of null.
    public var document: JSONValue {
        [
            "type": JSONValue(type), "usage": JSONValue(usage), "version": JSONValue(version),
            "label": JSONValue(label),
            "uuid": JSONValue(uuid), "part_table": JSONValue(partitionTable),
            "part_table_uuid": JSONValue(partitionTableUUID), "ambivalent": .bool(isAmbivalent),
            "partitions": .array(
                partitions.map { partition in
                    [
                        "number": JSONValue(partition.number), "start": JSONValue(partition.start),
                        "size": JSONValue(partition.size), "type": JSONValue(partition.type),
                        "name": JSONValue(partition.name), "uuid": JSONValue(partition.uuid),
                        "flags": JSONValue(partition.flags),
                    ]
                }),
            "signatures": .array(signatures.map(\.document)),
            "problems": .array(
                problems.map { problem in
                    [
                        "code": .string(problem.code), "message": .string(problem.message),
                        "offset": JSONValue(problem.offset),
                    ]
                }),
        ]
    }
}

extension ProbeReport.Signature {
    public var document: JSONValue {
        [
            "type": .string(type), "usage": .string(usage), "offset": JSONValue(offset),
            "magic": .string(magic.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
        ]
    }
}
