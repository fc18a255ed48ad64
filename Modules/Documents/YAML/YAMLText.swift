/// YAML 1.1, as people write it for cloud-init and netplan, as the value that JSON would say.
///
/// Plain scalars are resolved as PyYAML does: `yes`, `no`, `on`, `off`, `true`, `false` (not `y` and `n`), `null` and `~`, integers
/// (decimal, `0x`, `0b`, `0644` in octal, underscores between), floats (`1.5`, `1.5e+3`; not `1e3`). What is quoted is a string. But:
///
/// - Numbers in base 60 are none: `52:54:00:12:34:56` and `22:22` are strings; so are dates, and integers past 64 bits.
/// - A key is the text as written: `on:` is "on" and `0644:` is "0644". One that is there twice is an error; `<<` merges.
/// - `.inf` and `.nan` are errors, for JSON has none. `!!binary` has to be text; `!!set`, `!!omap`, `!!pairs` and tags of others are
///   unknown.
/// - There is one document at most; of an empty one the value is null.
public enum YAMLText {
    /// What a document may be at most.
    public struct Limits: Hashable, Sendable {
        /// Of the document, and of all text of its value, in bytes: that of an alias is counted each time.
        public var sizeInBytes = 4 << 20
        /// Mappings and sequences in each other.
        public var depth = 64
        /// Scalars, mappings and sequences, keys apart; those of an alias are counted each time.
        public var values = 100_000

        public init() {}
    }

    /// Throws a `DocumentError` with its place: `malformed`, `truncated`, `duplicateKey`, `unknownTag`, `unknownAlias`,
    /// `unrepresentable`, or what of `limits` was passed.
    public static func decode(_ bytes: [UInt8], limits: Limits = Limits()) throws(DocumentError) -> JSONValue {
        guard bytes.count <= limits.sizeInBytes else {
            throw DocumentError(.yaml, .tooLarge(limitInBytes: limits.sizeInBytes))
        }
        var composer = YAMLComposer(events: try YAMLEvents(bytes), limits: limits)
        return try composer.document()
    }
}
