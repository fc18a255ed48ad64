import Documents
import Fetch
import Kernel
import Platform
import Platforms
import Synchronization
import SystemPackage
import Testing

@Suite("What a machine's owner writes")
struct SeedTests {
    @Test(
        "a URL is taken apart, or it is none",
        arguments: [
            ("http://192.0.2.1", "http://192.0.2.1/"), ("HTTP://192.0.2.1:8080?q=1", "http://192.0.2.1:8080/?q=1"),
            ("http://[2001:db8::1]:80/a/", "http://[2001:db8::1]/a/"), ("https://example.org", "https://example.org/"),
            ("http://", nil), ("http://:80/", nil), ("http://a:0/", nil), ("http://a:65536/", nil),
            ("http://u@a/", nil),
            ("http://a/#b", nil), ("http://a b/", nil), ("http://[::1", nil), ("http://[x]/", nil), ("ftp://a/", nil),
            ("//a/", nil), ("", nil), ("http://ä/", nil),
        ] as [(String, String?)])
    func urls(text: String, whole: String?) { #expect(ServiceURL(text)?.description == whole) }

    /// A store that keeps what it is told.
    private final class Store: GuestInfo {
        private let values: Mutex<[String: String]>
        init(_ values: [String: String]) { self.values = Mutex(values) }
        var all: [String: String] { values.withLock { $0 } }
        func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? {
            values.withLock { $0[key] }.map { Array($0.utf8) }
        }
        func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {
            values.withLock { $0[key] = String(decoding: value, as: UTF8.self) }
        }
    }

    private func context(_ store: Store) -> MetadataContext {
        MetadataContext(
            http: ReplayHTTP([]), host: .live, deadline: Deadline(in: .seconds(20)), now: 0, guestInfo: store)
    }

    @Test("secrets are taken from the host when asked, never by reading, and that is no change")
    func redaction() async throws {
        let source = try #require(Registry.platform("vmware")?.source)
        let store = Store([
            "guestinfo.metadata": "instance-id: a\nredact: [userdata, vendordata, \"../x\"]\n",
            "guestinfo.userdata": "c2VjcmV0", "guestinfo.userdata.encoding": "base64",
        ])
        let before = store.all
        let snapshot = try await source.snapshot(in: context(store))
        #expect(snapshot.userData?.decoded == Array("secret".utf8) && store.all == before)
        try await source.redact(after: snapshot, in: context(store))
        #expect(
            store.all == [
                "guestinfo.metadata": "instance-id: a\nredact: [userdata, vendordata, \"../x\"]\n",
                "guestinfo.userdata": "---", "guestinfo.userdata.encoding": " ",
            ])
        #expect(try await source.change(since: snapshot, in: context(store)) == nil)
        #expect(try await source.snapshot(in: context(store)).userData == nil)
    }

    @Test("metadata that says nothing of it takes nothing away")
    func noRedaction() async throws {
        let source = try #require(Registry.platform("vmware")?.source)
        let store = Store(["guestinfo.metadata": "instance-id: a\n", "guestinfo.userdata": "x"])
        let snapshot = try await source.snapshot(in: context(store))
        let before = store.all
        try await source.redact(after: snapshot, in: context(store))
        #expect(store.all == before)
    }
}
