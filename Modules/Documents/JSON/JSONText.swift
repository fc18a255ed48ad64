internal import FoundationEssentials

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
        } catch let error as EncodingError {
            throw DocumentError(.json, .unrepresentable(words(of: error)))
        } catch {
            throw DocumentError(.json, .unrepresentable("\(error)"))
        }
    }

    /// How deep the arrays and objects of a `JSONValue` may nest.
    public static let depthLimit = 64

    /// Decodes one document; a malformed one says what and where. Of a doubled key the last holds.
    ///
    /// A `JSONValue` is read by a parser of our own, whose errors have their place; it takes UTF-8, and no half of a surrogate
    /// pair. A number is an integer wherever 64 bits hold it, however it is written (`1.0`, `1e3`).
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(DocumentError) -> Value {
        if type == JSONValue.self, let value = try JSONParser.parse(bytes, depthLimit: depthLimit) as? Value {
            return value
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw DocumentError(.json, .unexpected(words(of: error)))
        } catch {
            throw DocumentError(.json, .unexpected("\(error)"))
        }
    }

    private static func words(of error: EncodingError) -> String {
        switch error {
        case .invalidValue(_, let context): words(context.codingPath, context.debugDescription)
        @unknown default: "\(error)"
        }
    }

    private static func words(of error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
            words(context.codingPath, context.debugDescription)
        case .keyNotFound(let key, let context):
            "\(words(context.codingPath, context.debugDescription)) (key \(key.stringValue))"
        @unknown default: "\(error)"
        }
    }

    private static func words(_ path: [any CodingKey], _ problem: String) -> String {
        let place = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return place.isEmpty ? problem : "\(place): \(problem)"
    }
}
