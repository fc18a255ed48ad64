public import Documents

/// Where what we print differs from what a peer prints: every key and value of the peer's has to be ours; we may say more.
///
/// - Parameters:
///   - ignoring: keys whose values move between two looks, such as timers, wherever they stand. They still have to be there, of the same sort.
/// - Returns: one line a difference, with the path of the value.
public func differences(
    of ours: JSONValue?, from peer: JSONValue, ignoring: Set<String> = [], at path: String = ""
) -> [String] {
    guard let ours else { return ["\(path): missing, the peer has \(text(peer))"] }
    switch (ours, peer) {
    case (.object(let left), .object(let right)):
        return right.keys.sorted().flatMap { key -> [String] in
            let place = path.isEmpty ? key : "\(path).\(key)"
            guard let value = right[key] else { return [] }
            guard ignoring.contains(key), let own = left[key] else {
                return differences(of: left[key], from: value, ignoring: ignoring, at: place)
            }
            return sort(own) == sort(value) ? [] : ["\(place): \(text(own)), the peer has \(text(value))"]
        }
    case (.array(let left), .array(let right)):
        if left.count != right.count { return ["\(path): \(text(ours)), the peer has \(text(peer))"] }
        return zip(left, right).enumerated().flatMap { place, pair in
            differences(of: pair.0, from: pair.1, ignoring: ignoring, at: "\(path)[\(place)]")
        }
    default:
        // 1 and 1.0 are one number in JSON.
        if ours == peer { return [] }
        if case .number(let left) = ours, let right = peer.double, left == right { return [] }
        if case .number(let right) = peer, let left = ours.double, left == right { return [] }
        return said(ours, peer, path)
    }
}

private func said(_ ours: JSONValue, _ peer: JSONValue, _ path: String) -> [String] {
    ["\(path): \(text(ours)), the peer has \(text(peer))"]
}

private func text(_ value: JSONValue) -> String { (try? JSONText.encode(value, as: .line)) ?? "\(value)" }

private func sort(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "bool"
    case .integer, .unsigned, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
}
