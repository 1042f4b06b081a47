using RemoteStore.Ruler.Templates.Printing;
using RemoteStore.Ruler.Templates.Values;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Templates;

/// <summary>Texts are those of Go's fmt and strconv.</summary>
public sealed class GoPrintTests
{
    [Theory]
    [InlineData("%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%c|%U|%q", 42L, "42|   42|42   |00042|+42| 42|2a|2A|0x2a|52|052|0o52|101010|*|U+002A|'*'")]
    [InlineData("%d|%5d|%05d|%x", -42L, "-42|  -42|-0042|-2a")]
    [InlineData("%v|%g|%e|%f|%.2f|%8.3f|%-8.1f|%08.2f|%+.1e|%G|%.3g|%6.2f%%", 1234.5678, "1234.5678|1234.5678|1.234568e+03|1234.567800|1234.57|1234.568|1234.6  |01234.57|+1.2e+03|1234.5678|1.23e+03|1234.57%")]
    [InlineData("%v|%v|%.0f|%.1f", 0.25, "0.25|0.25|0|0.2")]
    [InlineData("%.0f|%.1f|%.2f", 2.5, "2|2.5|2.50")]
    [InlineData("%v|%5v|%f|%+f|%05f", double.PositiveInfinity, "+Inf| +Inf|+Inf|+Inf| +Inf")]
    [InlineData("%v|%f|%+f", double.NaN, "NaN|NaN|+NaN")]
    [InlineData("%v|%v", 1e21, "1e+21|1e+21")]
    [InlineData("%v|%v", 1000000.0, "1e+06|1e+06")]
    [InlineData("%s|%q|%10s|%-10s|%.2s|%x|% x|%v|%5.1s|", "häh", "häh|\"häh\"|       häh|häh       |hä|68c3a468|68 c3 a4 68|häh|    h|")]
    [InlineData("%t|%v|%5t|%s", true, "true|true| true|%!s(bool=true)")]
    [InlineData("%d", "a", "%!d(string=a)")]
    [InlineData("%z %", 1L, "%!z(int=1) %!(NOVERB)")]
    [InlineData("%T", 1.5, "float64")]
    public void Sprintf_OneValueForAllVerbs_GivesGosText(string format, object value, string expected) =>
        GoPrint.Sprintf(format, [.. Enumerable.Repeat(value, format.Count(static c => c == '%') - (2 * format.Split("%%").Length) + 2 - (format.EndsWith(" %", StringComparison.Ordinal) ? 1 : 0))])
            .ShouldBe(expected);

    [Fact]
    public void Sprintf_Arguments_AreCountedIndexedAndStarred()
    {
        GoPrint.Sprintf("%d %d", [1L]).ShouldBe("1 %!d(MISSING)");
        GoPrint.Sprintf("%d", [1L, "a", 2.5]).ShouldBe("1%!(EXTRA string=a, float64=2.5)");
        GoPrint.Sprintf("%[2]d %[1]d", [1L, 2L]).ShouldBe("2 1");
        GoPrint.Sprintf("%[3]d", [1L]).ShouldBe("%!d(BADINDEX)");
        GoPrint.Sprintf("%*d|%-*d|%.*f", [5L, 42L, 5L, 42L, 2L, 1.0]).ShouldBe("   42|42   |1.00");
        GoPrint.Sprintf("%*d", ["a", 1L]).ShouldBe("%!(BADWIDTH)1");
        GoPrint.Sprintf("%v %s", [null, null]).ShouldBe("<nil> %!s(<nil>)");
        GoPrint.Sprintf("%d %v", [new GoList([1L, 2L], "[]int"), GoMap.OfTexts([new("b", "x"), new("a", "y")])]).ShouldBe("[1 2] map[a:y b:x]");
        GoPrint.Sprintf("%s", [new GoMap(new Dictionary<string, object?> { ["a"] = 1L }, "interface {}", null)]).ShouldBe("map[a:%!s(int=1)]");
        GoPrint.Sprintf("% x|%+q|%#q|% #X", ["hé", "é", "a", "hé"]).ShouldBe("68 c3 a9|\"\\u00e9\"|`a`|0X68 0XC3 0XA9");
    }

    [Theory]
    [InlineData(0.000001, "1e-06")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(123456.0, "123456")]
    [InlineData(1234567.0, "1.234567e+06")]
    [InlineData(-0.0, "-0")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    public void Shortest_Number_IsSpeltAsGoDoes(double value, string expected) => GoFloatText.Shortest(value).ShouldBe(expected);

    [Theory]
    [InlineData(0.5, 0, "0")]
    [InlineData(1.5, 0, "2")]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(0.375, 2, "0.38")]
    [InlineData(999.9995, 3, "1000.000")]
    [InlineData(0.04, 1, "0.0")]
    [InlineData(1e22, 1, "10000000000000000000000.0")]
    public void Fixed_Halves_GoToTheEvenDigit(double value, int decimals, string expected) => GoFloatText.Format(value, 'f', decimals).ShouldBe(expected);
}
