internal import Documents
internal import Kernel
internal import Platform
internal import SystemPackage
internal import Trust

/// What a node believes of a platform: the keys and certificates of `/etc/slipway/trust/PLATFORM`, and what the owner pinned there.
struct PlatformTrust {
    /// What the identity document has to say, by the names of `pins.yaml`.
    typealias Pins = [String: String]

    static let top: FilePath = "/etc/slipway/trust"
    private static let files = ["pins.yaml", "pins.yml", "pins.json"]
    private static let subject = "the pins"
    /// The names that a platform's document can be held against; another one is a typing error, which would pin nothing.
    private static let names: [PlatformName: Set<String>] = [
        .aws: ["account", "instance-id", "region"], .azure: ["subscription", "instance-id"],
        .gcp: ["project", "instance-id", "zone", "audience"],
    ]

    let folder: TrustFolder
    /// Nil where nobody pinned anything. With pins a document has to be there and to be verified.
    let pins: Pins?
    /// Whether there is anything to verify by.
    let hasKeys: Bool

    /// Nil for a platform whose identity cannot be verified, unless somebody pinned it all the same.
    init?(of platform: PlatformName, on host: HostRoot) throws(TrustError) {
        guard let component = FilePath.Component(platform.rawValue) else { return nil }
        let folder = TrustFolder(Self.top.appending(component), on: host)
        let pins = try Self.pins(in: folder, of: platform)
        let keys = try folder.files(endingIn: [".pem", ".crt", ".json"], for: Self.subject)
        guard Self.names[platform] != nil || pins != nil else { return nil }
        self.folder = folder
        self.pins = pins
        hasKeys = keys.contains { !Self.files.contains($0) }
    }

    private static func pins(in folder: TrustFolder, of platform: PlatformName) throws(TrustError) -> Pins? {
        var pins: Pins?
        for file in files {
            guard let bytes = try folder.contents(of: file, for: subject) else { continue }
            let name = folder.name(of: file)
            guard pins == nil else {
                throw TrustError(subject, .badKey(file: name, problem: "a second file of pins beside another"))
            }
            pins = try read(bytes, name, names[platform] ?? [])
        }
        return pins
    }

    private static func read(_ bytes: [UInt8], _ file: String, _ names: Set<String>) throws(TrustError) -> Pins {
        func problem(_ words: String) -> TrustError { TrustError(subject, .badKey(file: file, problem: words)) }
        let document: JSONValue
        do throws(DocumentError) { document = try YAMLText.decode(bytes) } catch {
            throw problem("\(error)")
        }
        guard let members = document.object, !members.isEmpty else { throw problem("no mapping of names to values") }
        var pins: Pins = [:]
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard names.contains(key) else {
                let known = names.sorted().joined(separator: ", ")
                throw problem(
                    "'\(key)' is nothing that can be pinned here: \(known.isEmpty ? "this platform has no identity document that is verified" : known)"
                )
            }
            // An account is digits: as a number it would lose its first ones where they are zeros.
            guard let text = value.string, !text.isEmpty else { throw problem("\(key) is no text: quote it") }
            pins[key] = text
        }
        return pins
    }
}

extension GCPIdentity {
    /// Whom the token is for, where the pins say nothing else.
    static let audience = "slipway"
}
