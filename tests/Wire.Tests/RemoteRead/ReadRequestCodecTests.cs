using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteRead;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Wire.Tests.RemoteRead;

public class ReadRequestCodecTests
{
    private static readonly Gen<LabelMatcher> s_matcher =
        Gen.Select(Gen.Int[0, 3], Gen.String[Gen.Char['a', 'z'], 1, 8], Gen.String[Gen.Char['a', 'z'], 0, 8], (t, n, v) => new LabelMatcher((MatchType)t, n, v));

    [Fact]
    public void TryDecode_AnyRequest_GivesWhatWasEncoded() => Gen.Select(Gen.Select(Gen.Long, Gen.Long, s_matcher.Array[0, 4]).Array[0, 4], Gen.Int[0, 5].Array[0, 3]).Sample(
        (queries, types) =>
        {
            var request = new ReadRequest(
                [.. queries.Select(q => new ReadQuery(new QueryRange(q.Item1, q.Item2), q.Item3))], [.. types.Select(t => (ReadResponseType)t)]);

            ReadRequestCodec.TryDecode(ReadRequestCodec.Encode(request), out ReadRequest? decoded, out _).ShouldBeTrue();

            Describe(decoded!).ShouldBe(Describe(request));
        });

    [Fact]
    public void PreferredResponseType_IsTheFirstThatIsKnownAndSamplesByDefault()
    {
        new ReadRequest([], []).PreferredResponseType.ShouldBe(ReadResponseType.Samples);
        new ReadRequest([], [ReadResponseType.Samples, ReadResponseType.StreamedXorChunks]).PreferredResponseType.ShouldBe(ReadResponseType.Samples);
        new ReadRequest([], [(ReadResponseType)7, ReadResponseType.StreamedXorChunks]).PreferredResponseType.ShouldBe(ReadResponseType.StreamedXorChunks);
        new ReadRequest([], [(ReadResponseType)7]).PreferredResponseType.ShouldBeNull();
    }

    [Fact]
    public void TryDecode_PackedTypesHintsAndUnknownFields_AreUnderstood()
    {
        byte[] message = new ProtoBuilder().Message(1, new ProtoBuilder().Varint(1, 1).Varint(2, 2).Message(4, new ProtoBuilder().Varint(1, 15))).Packed(2, 1, 0).Varint(9, 1).ToArray();

        ReadRequestCodec.TryDecode(message, out ReadRequest? request, out _).ShouldBeTrue();

        request!.AcceptedResponseTypes.ShouldBe([ReadResponseType.StreamedXorChunks, ReadResponseType.Samples]);
        request.Queries[0].Range.ShouldBe(new QueryRange(1, 2));
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 0x05 }, "read request is malformed at offset 0")]
    [InlineData(new byte[] { 0x08, 0x05 }, "read request is malformed at offset 0")]
    [InlineData(new byte[] { 0x0a, 0x04, 0x1a, 0x02, 0x08, 0x04 }, "a matcher has the unknown type 4")]
    [InlineData(new byte[] { 0x0a, 0x05, 0x1a, 0x03, 0x12, 0x01, 0xff }, "a matcher is not valid UTF-8")]
    public void TryDecode_WrongRequest_SaysWhatIsWrong(byte[] message, string expected)
    {
        ReadRequestCodec.TryDecode(message, out _, out string? error).ShouldBeFalse();
        error.ShouldBe(expected);
    }

    [Fact]
    public void TryDecode_TooManyQueries_IsRefused()
    {
        byte[] message = [.. Enumerable.Repeat(new byte[] { 0x0a, 0x00 }, ReadRequestCodec.MaxQueries + 1).SelectMany(b => b)];

        ReadRequestCodec.TryDecode(message, out _, out string? error).ShouldBeFalse();
        error.ShouldBe("read request has more than 1000 queries");
    }

    private static string Describe(ReadRequest request) =>
        string.Join("; ", request.Queries.Select(q => $"{q.Range} {string.Join(",", q.Matchers.Select(m => $"{m.Name}{m.Type}{m.Value}"))}")) + string.Join(",", request.AcceptedResponseTypes);
}
