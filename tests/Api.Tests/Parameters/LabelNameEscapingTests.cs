using RemoteStore.Api.Parameters;

namespace RemoteStore.Api.Tests.Parameters;

public sealed class LabelNameEscapingTests
{
    [Theory]
    [InlineData("job", "job")]
    [InlineData("U__job", "job")]
    [InlineData("U__my_2e_name", "my.name")]
    [InlineData("U__with__underscore", "with_underscore")]
    [InlineData("U__slash_2f__2F_", "slash//")]
    [InlineData("U___1f600_", "😀")]
    [InlineData("U__", "")]
    [InlineData("U__broken_2e", "U__broken_2e")]
    [InlineData("U__broken_zz_", "U__broken_zz_")]
    [InlineData("U__surrogate_d800_", "U__surrogate_d800_")]
    [InlineData("U__toolong_0000000_", "U__toolong_0000000_")]
    [InlineData("U__beyond_110000_", "U__beyond_110000_")]
    public void Unescape_Text_GivesTheName(string text, string expected) => LabelNameEscaping.Unescape(text).ShouldBe(expected);
}
