import Documents
import Driver

/// JSON, YAML or XML of anybody's, by the first byte. What was read says itself again, and reads as the same.
@main
enum DocumentBytes {
    static func main() {
        fuzz { start, count in
            let input = bytes(start, count)
            let document = Array(input.dropFirst())
            switch input.first.map({ $0 % 3 }) {
            case 0: check(try? JSONText.decode(JSONValue.self, from: document))
            case 1: check(try? YAMLText.decode(document))
            default:
                guard let root = try? XMLText.decode(document) else { break }
                if depth(root) > XMLText.Limits().depth { fatalError("too deep") }
            }
            return 0
        }
    }
}

private func check(_ value: JSONValue?) {
    guard let value else { return }
    guard let text = try? JSONText.encode(value, as: .line),
        let again = try? JSONText.decode(JSONValue.self, from: Array(text.utf8))
    else { fatalError("what was read cannot be said") }
    if again != value { fatalError("what was read says something else") }
}

private func depth(_ element: XMLElement) -> Int {
    1 + (element.children.map { depth($0) }.max() ?? 0)
}
