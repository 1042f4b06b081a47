using RemoteStore.Model.Regexp;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Regexp;

public sealed class CaseFoldingTests
{
    [Theory]
    [InlineData('k', "K,k,\u212a")]
    [InlineData('S', "S,s,ſ")]
    [InlineData('å', "Å,å,\u212b")]
    [InlineData('µ', "µ,Μ,μ")]
    [InlineData('ß', "ß,ẞ")]
    [InlineData('ǅ', "Ǆ,ǅ,ǆ")]
    [InlineData('Ω', "Ω,ω,\u2126")]
    [InlineData('ς', "Σ,ς,σ")]
    [InlineData('θ', "Θ,θ,ϑ,ϴ")]
    [InlineData('ι', "\u0345,Ι,ι,\u1fbe")]
    [InlineData('i', "I,i")]
    [InlineData('ı', "ı")]
    [InlineData('İ', "İ")]
    [InlineData('1', "1")]
    [InlineData('ꭰ', "Ꭰ,ꭰ")]
    public void Orbit_CodePoint_IsThatOfUnicode(char rune, string expected) =>
        string.Join(',', CaseFolding.Orbit(rune).ToArray().Select(char.ConvertFromUtf32)).ShouldBe(expected);

    [Fact]
    public void Orbit_EveryMember_HasTheSameOrbit()
    {
        int folding = 0;
        for (int rune = 0; rune < 0x20000; rune++)
        {
            int[] orbit = CaseFolding.Orbit(rune).ToArray();
            orbit.ShouldContain(rune);
            foreach (int other in orbit)
            {
                CaseFolding.Orbit(other).SequenceEqual(orbit).ShouldBeTrue();
            }

            folding += orbit.Length > 1 ? 1 : 0;
        }

        folding.ShouldBeInRange(2700, 3100);
    }

    [Fact]
    public void Fold_Class_AddsWhatFoldsWithItsMembers()
    {
        RuneClass folded = CaseFolding.Fold(RuneClass.Range('a', 'z'));

        folded.Contains('A').ShouldBeTrue();
        folded.Contains(0x212a).ShouldBeTrue();
        folded.Contains(0x17f).ShouldBeTrue();
        folded.Count.ShouldBe(54);
    }
}
