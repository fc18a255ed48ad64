/// How bytes are compressed.
public enum CompressionFormat: String, Hashable, Sendable, CustomStringConvertible {
    /// RFC 1952.
    case gzip
    /// RFC 8878.
    case zstd

    public var description: String { rawValue }
}

/// Why bytes could not be compressed or decompressed.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The level is outside `Zstandard.levels`.
    case unsupportedLevel(Int)
    /// The input ends within a gzip member or a zstd frame, or before one: some of it has not come. Damage is `refused`.
    case truncated(CompressionFormat)
    /// The output would be longer than the caller allows, whatever the input says of itself.
    case outputTooLarge(limitInBytes: Int)
    /// The output would be more than this many times as long as the input, and long: a compression bomb.
    case ratioTooHigh(limit: Int)
    /// Something that is neither padding nor another gzip member follows one; where.
    case trailingBytes(CompressionFormat, offset: Int)
    /// The library found the input damaged, or made in a way that it does not know; its own words.
    case refused(CompressionFormat, reason: String)
    /// The caller said so.
    case interrupted
    /// The library could not allocate its state.
    case outOfMemory(CompressionFormat)

    public var description: String {
        switch self {
        case .unsupportedLevel(let level):
            "compression level \(level) is not one of \(Zstandard.levels.lowerBound) to \(Zstandard.levels.upperBound)"
        case .truncated(let format): "the \(format) data is truncated: it ends too early"
        case .outputTooLarge(let limit): "the decompressed data is longer than the limit of \(limit) bytes"
        case .ratioTooHigh(let limit): "the decompressed data is more than \(limit) times as long as the compressed"
        case .trailingBytes(let format, let offset): "byte \(offset): what follows the \(format) data is none of it"
        case .refused(let format, let reason): "the \(format) data is damaged: \(reason)"
        case .interrupted: "interrupted"
        case .outOfMemory(let format): "no memory for \(format)'s state"
        }
    }
}
