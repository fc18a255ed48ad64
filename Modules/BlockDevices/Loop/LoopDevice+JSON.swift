public import Documents
internal import SystemPackage

extension LoopDevice {
    /// The keys of `disk loop list --json`.
    public var document: JSONValue {
        [
            "name": .string(name), "path": .string(path.string), "file": .string(backingFile),
            "size_bytes": JSONValue(sizeInBytes), "block_bytes": JSONValue(setup.blockSize),
            "offset": JSONValue(setup.offset), "size_limit": JSONValue(setup.sizeLimit),
            "read_only": .bool(setup.isReadOnly), "autoclear": .bool(setup.isAutoclear),
            "direct_io": .bool(setup.isDirect), "partitions": .bool(setup.keepsPartitions),
        ]
    }
}
