using RemoteStore.Primitives.Threading;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Threading;

public class BackgroundThreadTests
{
    [Fact]
    public async Task Run_ResultsAndExceptions_ComeBackInOrderFromTheOneThread()
    {
        using var thread = new BackgroundThread("test", 5);
        var order = new List<int>();
        Task<int> first = thread.RunAsync(() => Add(1));
        Task<int> failing = thread.RunAsync<int>(() => throw new InvalidOperationException("no"));
        Task<string> last = thread.RunAsync(() => Thread.CurrentThread.Name + Add(2));
        (await last).ShouldBe("test2");
        (await first).ShouldBe(1);
        (await Should.ThrowAsync<InvalidOperationException>(failing)).Message.ShouldBe("no");
        order.ShouldBe([1, 2]);

        int Add(int value)
        {
            order.Add(value);
            return value;
        }
    }
}
