/// Why bytes could not be compressed or decompressed.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The level is outside `Zstandard.levels`.
    case unsupportedLevel(Int)
    /// The input ends within a frame, or before one.
    case truncated
    /// The output would be longer than the caller allows, whatever the frame says of itself.
    case outputTooLarge(limitInBytes: Int)
    /// libzstd refused; its own words.
    case refused(reason: String)
    /// The caller said so.
    case interrupted
    /// libzstd could not allocate its state.
    case outOfMemory

    public var description: String {
        switch self {
        case .unsupportedLevel(let level):
            "compression level \(level) is not one of \(Zstandard.levels.lowerBound) to \(Zstandard.levels.upperBound)"
        case .truncated: "the compressed data ends too early"
        case .outputTooLarge(let limit): "the decompressed data is longer than the limit of \(limit) bytes"
        case .refused(let reason): "zstd: \(reason)"
        case .interrupted: "interrupted"
        case .outOfMemory: "no memory for zstd's state"
        }
    }
}
