using System.Text;
using CsCheck;
using RemoteStore.Model.Labels;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Labels;

public sealed class LabelSetTests
{
    private static readonly Gen<Dictionary<string, string>> s_pairs =
        Gen.Dictionary(Gen.String[Gen.Char["abé"], 1, 3], Gen.String[Gen.Char["xyü"], 1, 3])[0, 5];

    [Fact]
    public void Build_Pairs_WritesSortedMinimalFields()
    {
        LabelSet labels = LabelSet.From("job", "n", "__name__", "up", "empty", "");

        labels.Bytes.ToArray().ShouldBe(
            [0x0a, 0x0e, 0x0a, 0x08, .. "__name__"u8, 0x12, 0x02, .. "up"u8, 0x0a, 0x08, 0x0a, 0x03, .. "job"u8, 0x12, 0x01, (byte)'n']);
    }

    [Fact]
    public void Build_DuplicateOrEmptyName_Throws()
    {
        Should.Throw<ArgumentException>(() => LabelSet.From("a", "1", "a", "2"));
        Should.Throw<ArgumentException>(() => LabelSet.From("", "1"));
    }

    [Fact]
    public void GetValue_NameInSetOrNot_GivesValueOrEmpty()
    {
        LabelSet labels = LabelSet.From("a", "1", "b", new string('v', 300));

        Encoding.UTF8.GetString(labels.GetValue("a"u8)).ShouldBe("1");
        labels.GetValue("b"u8).Length.ShouldBe(300);
        labels.GetValue("c"u8).IsEmpty.ShouldBeTrue();
        labels.GetValue("A"u8).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void ToString_Set_EscapesValues() =>
        LabelSet.From("a", "x\"y\\z\n", "b", "é").ToString().ShouldBe("{a=\"x\\\"y\\\\z\\n\", b=\"é\"}");

    [Fact]
    public void ToPairs_AnySet_RoundTripsInOrder() => s_pairs.Sample(pairs =>
    {
        LabelSet labels = LabelSet.FromPairs(pairs);

        labels.ToPairs().ToDictionary(p => p.Key, p => p.Value).ShouldBe(pairs, ignoreOrder: true);
        byte[][] names = [.. labels.ToPairs().Select(p => Encoding.UTF8.GetBytes(p.Key))];
        for (int i = 1; i < names.Length; i++)
        {
            names[i - 1].AsSpan().SequenceCompareTo(names[i]).ShouldBeLessThan(0);
        }
    });

    [Fact]
    public void CompareTo_AnySets_IsATotalOrderThatAgreesWithEquality() => Gen.Select(s_pairs, s_pairs, s_pairs).Sample((x, y, z) =>
    {
        LabelSet a = LabelSet.FromPairs(x), b = LabelSet.FromPairs(y), c = LabelSet.FromPairs(z);

        Math.Sign(a.CompareTo(b)).ShouldBe(-Math.Sign(b.CompareTo(a)));
        (a.CompareTo(b) == 0).ShouldBe(a == b);
        if (a <= b && b <= c)
        {
            (a <= c).ShouldBeTrue();
        }

        if (a == b)
        {
            a.GetHashCode().ShouldBe(b.GetHashCode());
        }
    });
}
