import Documents
import TestSupport
import Testing

@Suite("XML")
struct XMLTests {
    /// As vSphere hands it out (DSP0243, section 9.5), shortened; by its form, not recorded.
    static let environment = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- an OVF environment -->
        <Environment
             xmlns="http://schemas.dmtf.org/ovf/environment/1"
             xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"
             xmlns:ve="http://www.vmware.com/schema/ovfenv"
             oe:id="" ve:vCenterId="vm-42">
           <PlatformSection>
              <Kind>VMware ESXi</Kind><Version>8.0.2</Version>
           </PlatformSection>
           <PropertySection>
                 <Property oe:key="hostname" oe:value="n&#246;de &amp; &lt;co&gt;"/>
                 <Property oe:value='a "quoted" value' oe:key="user-data"></Property>
           </PropertySection>
           <ve:EthernetAdapterSection><ve:Adapter ve:mac="00:50:56:aa:bb:cc" ve:network="VM &#x4e;etwork"/></ve:EthernetAdapterSection>
           <Notes>before <b>bold</b> after<![CDATA[ <raw> & ]]]]><![CDATA[>]]></Notes>
        </Environment>

        """

    static let documents = [
        "", " ", "<a/>", "<a></a>", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/> text", "text<a/>", "<a b='1'/>",
        "<a b=1/>", "<a b/>", "<a b='1' b='2'/>",
        "<a b='1'c='2'/>", "<a b='<'/>", "<a b='&lt;&quot;&apos;'/>", "<a>&amp;&#65;&#x41;&#x1F600;</a>", "<a>&b;</a>",
        "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&</a>", "<a>&amp</a>",
        "<a>]]></a>", "<a><![CDATA[x<y]]></a>", "<a><![CDATA[x</a>", "<a><!-- c --></a>", "<a><!-- c -- d --></a>",
        "<!-- c --><a/><!-- d -->", "<?x y?><a/><?z?>", " <?xml version='1.0'?><a/>",
        "<?xml version='1.0'?><a/>", "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<a/>",
        "<?xml version='1.1'?><a/>", "<?xml version='9'?><a/>", "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "<?xml version='1.0' encoding='nonsense'?><a/>",
        "<a\tb='x\ty\nz'\n/>", "<a>x\r\ny\rz</a>", "<a b='1&#10;2'/>", "<p:a xmlns:p='u'><p:b p:c='1' d='2'/></p:a>",
        "<a xmlns='u'><b/></a>", "<a:b:c/>", "<:a/>", "<1/>", "<a-b.c_1/>", "<é/>", "<a é='ü'>😀</a>", "< a/>", "<a / >",
        "<a\n/>", "<a>\u{1}</a>", "<a>\u{7f}</a>", "<a>\u{fffe}</a>", "<a/>\u{0}", "<a>t<b>u</b>v<c/>w</a>",
        "\u{feff}<a/>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<a xml:lang='de' xml:space='preserve'> </a>", "<a>&lt;/a></a>",
        "<html><br></html>",
        "<!doctype html><html></html>",
    ]

    private static func document(_ element: XMLElement) -> JSONValue {
        let attributes = element.attributes.filter { $0.name != "xmlns" && !$0.name.hasPrefix("xmlns:") }
        return [
            "name": .string(element.name),
            "attributes": .array(
                attributes.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map {
                    [.string($0.name), .string($0.value)]
                }),
            "text": .string(element.text), "children": .array(element.children.map { document($0) }),
        ]
    }

    /// Ours against libxml2. A document type is refused here alone. Names are as written here: a prefix that stands for nothing, two colons, an
    /// address that is none are only libxml2's to refuse.
    private func compare(_ inputs: [[UInt8]], known: Set<String> = []) throws {
        var agreed = 0
        for (input, peer) in zip(inputs, try Judge.answers(of: "xml_text.py", to: inputs)) {
            let text = String(decoding: input, as: UTF8.self)
            guard !known.contains(text), peer["namespaces"] != true else { continue }
            do {
                let ours = try XMLText.decode(input)
                #expect(Self.document(ours) == peer["root"], "\(text): \(peer)")
                agreed += 1
            } catch {
                #expect(error.format == .xml && error.place != nil)
                if error.kind == .documentType {
                    #expect(peer["doctype"] == true, "\(text)")
                } else {
                    #expect(peer["root"] == .null, "\(error): \(text)")
                }
            }
        }
        #expect(agreed > 0)
    }

    @Test("documents of every form: the same trees and the same refusals as libxml2's")
    func documents() throws {
        var inputs = Self.documents.map { Array($0.utf8) }
        inputs.append(Array(Self.environment.utf8))
        inputs.append(Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xe9] + Array("</a>".utf8))
        inputs.append([0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e])
        inputs.append([0xff, 0xfe] + Array("<a b='é'/>".utf16).flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
        // expat takes any version, libxml2 takes a zero for the end.
        try compare(inputs, known: ["<?xml version='9'?><a/>", "<a/>\u{0}"])
    }

    @Test("each byte flipped and each prefix: as libxml2's")
    func damage() throws {
        try compare(Judge.damaged(Array(Self.environment.utf8)))
    }

    @Test("an OVF environment is a tree that answers by local names")
    func environmentTree() throws {
        let root = try XMLText.decode(Array(Self.environment.utf8))
        #expect(
            root.name == "Environment" && root.attribute("vCenterId") == "vm-42"
                && root.attribute("id")?.isEmpty == true)
        let properties = root.child("PropertySection")?.children("Property") ?? []
        #expect(properties.map { $0.attribute("key") } == ["hostname", "user-data"])
        #expect(properties.map { $0.attribute("value") } == ["nöde & <co>", "a \"quoted\" value"])
        let adapter = root.child("EthernetAdapterSection")?.child("Adapter")
        #expect(
            adapter?.name == "ve:Adapter" && adapter?.localName == "Adapter"
                && adapter?.attribute("network") == "VM Network")
        #expect(
            root.child("Notes")?.text == "before  after <raw> & ]]>" && root.child("Notes")?.child("b")?.text == "bold")
        #expect(root.child("none") == nil && root.attribute("none") == nil)
    }

    private func error(_ text: String, _ limits: XMLText.Limits = .init()) -> DocumentError? {
        do {
            _ = try XMLText.decode(Array(text.utf8), limits: limits)
            return nil
        } catch { return error }
    }

    @Test("entities never grow and never read: a document type is refused")
    func entities() {
        let laughs = """
            <?xml version="1.0"?>
            <!DOCTYPE lolz [
              <!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;"><!ENTITY lol2 "&lol1;&lol1;&lol1;">
            ]>
            <lolz>&lol2;</lolz>
            """
        #expect(error(laughs)?.kind == .documentType && error(laughs)?.place?.line == 2)
        #expect(error("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>")?.kind == .documentType)
        #expect(error("<!DOCTYPE a SYSTEM \"http://169.254.169.254/\"><a/>")?.kind == .documentType)
        #expect(error("<a>&x;</a>")?.kind == .malformed("undefined entity"))
    }

    @Test("an error says what and where; the bounds hold")
    func bounds() {
        #expect(
            error("<a>\n<é></b>")
                == DocumentError(.xml, .malformed("mismatched tag"), at: .init(offset: 10, line: 2, column: 6)))
        for text in ["", "<a>", "<a", "<a b='", "<a><![CDATA[x", "<a><!-- "] {
            #expect(error(text)?.kind == .truncated, "\(text)")
        }
        func deep(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(error(deep(64)) == nil)
        #expect(
            error(deep(65)) == DocumentError(.xml, .tooDeep(limit: 64), at: .init(offset: 192, line: 1, column: 193)))
        #expect(error(String(repeating: "<a>", count: 1_000_000))?.kind == .tooDeep(limit: 64))
        #expect(error("<a>" + String(repeating: "<b c='' d=''/>", count: 33_333) + "</a>") == nil)
        #expect(
            error("<a>" + String(repeating: "<b c='' d=''/>", count: 33_334) + "</a>")?.kind == .tooMany(limit: 100_000)
        )
        #expect(error(String(repeating: " ", count: (4 << 20) + 1))?.kind == .tooLarge(limitInBytes: 4 << 20))
    }
}
