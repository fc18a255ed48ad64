import FileSystems
import Testing

@Suite("Bytes with places")
struct SparseBytesTests {
    @Test func placeholder() {}
}
