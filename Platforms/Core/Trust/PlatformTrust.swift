internal import Documents
public import Kernel
internal import SystemPackage
public import Trust

/// How a platform's identity document is verified. One value a platform, in its own folder.
public protocol IdentityVerifier: Sendable {
    /// What `pins.yaml` may hold the document against; another name is a typing error, which would pin nothing.
    var pins: Set<String> { get }

    /// Whether `document` is signed by whom `trust` has, of this machine, and says what is pinned.
    func verdict(
        of snapshot: MetadataSnapshot, _ document: [UInt8], _ trust: PlatformTrust, now: UTCTime
    ) -> Verdict
}

/// What a node believes of a platform: the keys and certificates of `/etc/slipway/trust/PLATFORM`, and what the owner pinned there.
public struct PlatformTrust: Sendable {
    /// What the identity document has to say, by the names of `pins.yaml`.
    public typealias Pins = [String: String]

    static let top: FilePath = "/etc/slipway/trust"
    private static let files = ["pins.yaml", "pins.yml", "pins.json"]
    private static let subject = "the pins"

    public let folder: TrustFolder
    /// Nil where nobody pinned anything. With pins a document has to be there and to be verified.
    public let pins: Pins?

    /// Nil where there is nothing to judge by. `names` are those that may be pinned.
    public init?(of platform: PlatformName, pinning names: Set<String>, on host: HostRoot) throws(TrustError) {
        guard let component = FilePath.Component(platform.rawValue) else { return nil }
        let folder = TrustFolder(Self.top.appending(component), on: host)
        let pins = try Self.pins(in: folder, names)
        let keys = try folder.files(endingIn: [".pem", ".crt", ".json"], for: Self.subject)
        guard pins != nil || keys.contains(where: { !Self.files.contains($0) }) else { return nil }
        self.folder = folder
        self.pins = pins
    }

    private static func pins(in folder: TrustFolder, _ names: Set<String>) throws(TrustError) -> Pins? {
        var pins: Pins?
        for file in files {
            guard let bytes = try folder.contents(of: file, for: subject) else { continue }
            let name = folder.name(of: file)
            guard pins == nil else {
                throw TrustError(subject, .badKey(file: name, problem: "a second file of pins beside another"))
            }
            pins = try read(bytes, name, names)
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
