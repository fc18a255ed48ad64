internal import FoundationEssentials

/// What is wrong with a document.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the parser says, with the path of the value where it knows one.
    public let problem: String
    public init(problem: String) { self.problem = problem }
    public var description: String { problem }
}

/// JSON with the keys in order, so that the same value is the same bytes.
public enum JSONText {
    /// A nested document for people and files, or one line for a stream; no newline at the end.
    public enum Form: Sendable {
        case pretty
        case line
    }

    /// Throws only for a number that JSON cannot say (NaN, infinity).
    public static func encode(_ value: some Encodable, as form: Form = .pretty) throws(DocumentError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if form == .pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw DocumentError(problem: "\(error)")
        }
    }

    /// Decodes one document; a malformed one says what and where.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(DocumentError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw DocumentError(problem: words(of: error))
        } catch {
            throw DocumentError(problem: "\(error)")
        }
    }

    private static func words(of error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
        }
        switch error {
        case .dataCorrupted(let context): return place(context)
        case .keyNotFound(let key, let context): return "\(place(context)) (key \(key.stringValue))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): return place(context)
        @unknown default: return "\(error)"
        }
    }
}
