using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Files;

public sealed class CorruptDataExceptionTests
{
    [Fact]
    public void Message_Exception_NamesFileOffsetAndFault()
    {
        var exception = new CorruptDataException("part-7", 4096, "checksum does not match");

        exception.Message.ShouldBe("part-7 is corrupt at offset 4096: checksum does not match");
        (exception.File, exception.Offset, exception.What).ShouldBe(("part-7", 4096L, "checksum does not match"));
    }
}
