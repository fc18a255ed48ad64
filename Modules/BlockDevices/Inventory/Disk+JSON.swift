public import Documents
internal import SystemPackage

extension Disk {
    /// The keys of `disk list --json`.
    public var document: JSONValue {
        [
            "name": .string(name), "path": .string(path.string), "dev": .string(device),
            "diskseq": JSONValue(diskSequence), "size_bytes": JSONValue(sizeInBytes),
            "logical_sector_bytes": JSONValue(logicalSectorInBytes),
            "physical_sector_bytes": JSONValue(physicalSectorInBytes),
            "optimal_io_bytes": JSONValue(optimalTransferInBytes), "rotational": JSONValue(isRotational),
            "transport": JSONValue(transport), "model": JSONValue(model), "serial": JSONValue(serial),
            "wwid": JSONValue(wwid), "eui": JSONValue(eui), "nguid": JSONValue(nguid), "firmware": JSONValue(firmware),
            "bus_path": JSONValue(busPath), "numa_node": JSONValue(numaNode), "zoned": JSONValue(zoned),
            "discard_max_bytes": JSONValue(discardLimit), "write_zeroes_max_bytes": JSONValue(writeZeroesLimit),
            "holders": JSONValue(holders), "read_only": .bool(isReadOnly), "removable": .bool(isRemovable),
            "partition_table": JSONValue(signature?.partitionTable),
            "signatures": signature?.summary ?? .null,
            "partitions": .array(
                partitions.map { partition in
                    [
                        "name": .string(partition.name), "path": .string(partition.path.string),
                        "dev": .string(partition.device), "number": JSONValue(partition.number),
                        "start": JSONValue(partition.start), "size_bytes": JSONValue(partition.sizeInBytes),
                        "signatures": partition.signature?.summary ?? .null,
                    ]
                }),
        ]
    }
}

extension ProbeReport {
    /// A list, empty where nothing was found; ambivalence is an entry without a type.
    fileprivate var summary: JSONValue {
        guard type != nil || isAmbivalent else { return [] }
        return [
            [
                "type": JSONValue(type), "usage": JSONValue(usage), "version": JSONValue(version),
                "label": JSONValue(label), "uuid": JSONValue(uuid), "ambivalent": .bool(isAmbivalent),
            ]
        ]
    }
}
