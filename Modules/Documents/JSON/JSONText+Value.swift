extension JSONText {
    /// A value as a document to build into another.
    public static func value(_ value: some Encodable) throws(DocumentError) -> JSONValue {
        try decode(JSONValue.self, from: Array(encode(value, as: .line).utf8))
    }
}
