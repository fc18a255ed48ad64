import Documents

/// One change of a document that stays well formed: what bytes alone seldom reach.
struct Edit {
    /// Which of the document's values, in order.
    let number: Int
    /// The key is another, instead of the value.
    let isOfKey: Bool
    /// JSON; what is none is a text.
    let bytes: [UInt8]

    /// The document with it, as JSON, which YAML takes as well; nil for what is no tree.
    func applied(to document: [UInt8]) -> [UInt8]? {
        guard let tree = (try? JSONText.decode(JSONValue.self, from: document)) ?? (try? YAMLText.decode(document))
        else {
            return nil
        }
        let count = Self.count(tree)
        guard count > 1 else { return nil }
        var left = 1 + number % (count - 1)
        return (try? JSONText.encode(edited(tree, &left), as: .line)).map { Array($0.utf8) }
    }

    private static func count(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): elements.reduce(1) { $0 + count($1) }
        case .object(let members): members.reduce(1) { $0 + count($1.value) }
        default: 1
        }
    }

    private var value: JSONValue {
        (try? JSONText.decode(JSONValue.self, from: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }

    private func edited(_ value: JSONValue, _ left: inout Int) -> JSONValue {
        left -= 1
        switch value {
        case .array(let elements):
            return .array(elements.map { left == 0 ? replaced(&left) : edited($0, &left) })
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                if left == 0, isOfKey {
                    left = -1
                    result[String(decoding: bytes, as: UTF8.self)] = member
                } else {
                    result[key] = left == 0 ? replaced(&left) : edited(member, &left)
                }
            }
            return .object(result)
        default: return value
        }
    }

    private func replaced(_ left: inout Int) -> JSONValue {
        left = -1
        return value
    }
}
