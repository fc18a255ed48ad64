import Documents
import FoundationEssentials
import Platform

/// One of a machine's documents, where the fixture has it, to be spoilt at each of its places.
///
/// JSON and YAML are a tree, whose values are replaced or dropped one at a time (and YAML is written as JSON, which it contains); of
/// XML each attribute's value is; of what is no document, all of it.
struct HostileDocument: Sendable {
    /// In the fixture: `exchanges`, `3`, `body`.
    let place: [String]
    private let content: Content

    private enum Content: Sendable {
        case tree(JSONValue)
        /// What stands before, between and behind the attributes' values.
        case attributes(text: [String], values: [String])
        case text
    }

    /// A fixture with one value spoilt.
    struct Spoilt: Sendable {
        let fixture: MachineFixture
        /// `exchanges.3.body: network.interface.0.mac: a long text`.
        let name: String
        /// It says less than before, or is a file of this machine and not of the platform's.
        let isEmptier: Bool
    }

    /// How many ways there are.
    var count: Int {
        switch content {
        case .tree(let tree): Self.places(of: tree).count * (Hostile.values.count + 1)
        case .attributes(_, let values): values.count * Hostile.texts.count
        case .text: Hostile.bodies.count
        }
    }

    /// One of them.
    func spoilt(_ number: Int, of fixture: MachineFixture) throws -> Spoilt {
        let name: String
        let body: JSONValue
        switch content {
        case .tree(let tree):
            let places = Self.places(of: tree)
            let (index, kind) = number.quotientAndRemainder(dividingBy: Hostile.values.count + 1)
            let place = places[index]
            let value = kind < Hostile.values.count ? Hostile.values[kind] : nil
            name = "\(place.joined(separator: ".")): \(value?.name ?? "dropped")"
            body = .string(Hostile.raw(try JSONText.encode(tree.setting(place, value?.value))))
        case .attributes(let text, var values):
            let (index, kind) = number.quotientAndRemainder(dividingBy: Hostile.texts.count)
            name = "\(values[index]): \(Hostile.texts[kind].name)"
            values[index] = Hostile.texts[kind].text
            body = .string(zip(text, values + [""]).map { $0 + $1 }.joined())
        case .text:
            name = Hostile.bodies[number].name
            body = Hostile.bodies[number].value
        }
        var key = place[place.count - 1]
        var value = body
        if place.first == "exchanges" {
            let binary = body["base64"]
            (key, value) = binary.map { ("base64", $0) } ?? ("body", body)
        }
        let document = fixture.document.setting(place, nil).setting(place.dropLast() + [key], value)
        return Spoilt(
            fixture: MachineFixture(name: fixture.name, document: document),
            name: "\(fixture.name): \(place.joined(separator: ".")): \(name)",
            isEmptier: place.first == "files" || Hostile.emptier.contains { name.hasSuffix(": \($0)") || name == $0 })
    }

    /// All below the top, and the top.
    private static func places(of value: JSONValue) -> [[String]] {
        switch value {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { key, value in
                [[key]] + places(of: value).map { [key] + $0 }
            }
        case .array(let elements):
            elements.enumerated().flatMap { index, value in
                [["\(index)"]] + places(of: value).map { ["\(index)"] + $0 }
            }
        default: []
        }
    }
}

extension HostileDocument {
    /// All that the fixture has.
    static func all(of fixture: MachineFixture) -> [HostileDocument] {
        var documents: [HostileDocument] = []
        func add(_ place: [String], _ value: JSONValue?) {
            guard let value else { return }
            if place.last == "json" {
                documents.append(HostileDocument(place: place, content: .tree(value)))
            } else if let text = value.string {
                documents.append(HostileDocument(place: place, content: content(of: text)))
            }
        }
        for (index, exchange) in (fixture.document["exchanges"]?.array ?? []).enumerated() {
            for key in ["json", "body"] { add(["exchanges", "\(index)", key], exchange[key]) }
        }
        for (index, volume) in (fixture.document["volumes"]?.array ?? []).enumerated() {
            for (path, value) in sorted(volume["files"]) { add(["volumes", "\(index)", "files", path], value) }
        }
        for part in ["guestinfo", "files"] {
            for (path, value) in sorted(fixture.document[part]) { add([part, path], value) }
        }
        return documents
    }

    private static func sorted(_ value: JSONValue?) -> [(key: String, value: JSONValue)] {
        (value?.object ?? [:]).sorted { $0.key < $1.key }
    }

    private static func content(of text: String) -> Content {
        let bytes = Array(text.utf8)
        let tree = (try? JSONText.decode(JSONValue.self, from: bytes)) ?? (try? YAMLText.decode(bytes))
        switch tree {
        case .object?, .array?: if let tree { return .tree(tree) }
        default: break
        }
        guard (try? XMLText.decode(bytes)) != nil else { return .text }
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        let values = stride(from: 1, to: parts.count, by: 2).map { parts[$0] }
        let between = stride(from: 0, to: parts.count, by: 2).map { index in
            (index == 0 ? "" : "\"") + parts[index] + (index == parts.count - 1 ? "" : "\"")
        }
        return .attributes(text: between, values: values)
    }
}

/// What nobody expects in a document.
enum Hostile {
    static let long = String(repeating: "x", count: 100_000)
    private static let mark = "\u{1}raw\u{1}"

    /// Of each type of JSON, and past what a parser may take.
    static let values: [(name: String, value: JSONValue)] = [
        ("null", .null), ("true", true), ("zero", 0), ("below zero", -1), ("a fraction", .number(1.5)),
        ("the greatest Int64", .integer(.max)), ("the least Int64", .integer(.min)),
        ("past Int64", .unsigned(.max)), ("past Double", .string("\(mark)1e400\(mark)")),
        ("a number of 5,000 digits", .string("\(mark)\(String(repeating: "9", count: 5000))\(mark)")),
        ("an empty text", ""), ("a blank", " "), ("a long text", .string(long)),
        ("zero and escapes", "a\u{0}b\u{1b}[2Jc"),
        ("line ends", "a\r\nb\u{2028}c"), ("a page", "<html>"), ("below zero as text", "-1"),
        ("a great number as text", "99999999999999999999999999"), ("no address", "300.0.0.1/99"),
        ("a group's MAC address", "01:00:5e:00:00:01"), ("a MAC address of zeros", "00:00:00:00:00:00"),
        ("every address", "0.0.0.0/0"), ("an empty list", []), ("a list of null", [nil]), ("a list of lists", [[[]]]),
        ("a list of texts", ["a", "a"]), ("2,000 elements", .array(Array(repeating: "10.0.0.1", count: 2000))),
        ("an empty object", [:]), ("an object of others", ["": nil, "a": ["b": ["c": 1]]]),
        ("as deep as it goes", nested(50)), ("deeper", .string("\(mark)\(String(repeating: "[", count: 5000))\(mark)")),
    ]

    /// Those that may say that there is nothing.
    static let emptier = [
        "dropped", "null", "an empty text", "a blank", "an empty list", "an empty object", "an object of others",
    ]

    static let texts: [(name: String, text: String)] = values.compactMap { name, value in
        value.string.flatMap { text in
            text.contains("\u{0}") || text.contains(mark) ? nil : (name, text.replacing("<", with: "&lt;"))
        }
    }

    /// In place of a whole body.
    static let bodies: [(name: String, value: JSONValue)] =
        values.filter { $0.value.string != nil && $0.value.string?.hasPrefix(mark) == false } + [
            ("no text", ["base64": .string(Data([0xff, 0xfe, 0x80, 0, 0xc0]).base64EncodedString())]),
            ("a document cut off", "{\"a\": [1, {\"b\": "), ("no YAML", "a: [b\n  - : }\n&x *y"),
            ("aliases of aliases", "a: &a [x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n"),
            ("XML cut off", "<a b=\"&lt;\"><![CDATA["), ("gzip cut off", "\u{1f}\u{8b}\u{8}"),
            ("a document of a mark", "\u{feff}{}"),
        ]

    /// The text with what JSONValue cannot hold.
    static func raw(_ text: String) -> String {
        text.replacing("\"\\u0001raw\\u0001", with: "").replacing("\\u0001raw\\u0001\"", with: "")
    }

    private static func nested(_ depth: Int) -> JSONValue { depth == 0 ? [] : [nested(depth - 1)] }
}
