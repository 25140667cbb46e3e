using Polly;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>The default bounds against each other, in virtual time. Pauses are jittered, so each claim is tried many times.</summary>
public sealed class DeliveryPipelineTests
{
    private const int Tries = 50;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_an_endpoint_that_has_just_died_the_circuit_opens_before_an_event_is_given_up(bool isSilent)
    {
        for (int i = 0; i < Tries; i++)
        {
            var story = new Story();
            Assert.IsType<DeliveryAttempt.Accepted>((await story.Deliver()).Result);

            story.Answer = isSilent ? story.Silence : Story.Failure;
            Task<Outcome<DeliveryAttempt>> delivery = story.Deliver();
            story.Time.AdvanceUntil(() => story.TimesOpened > 0 || delivery.IsCompleted);
            Assert.False(delivery.IsCompleted);

            story.Answer = Story.Success;
            story.Time.AdvanceUntil(() => delivery.IsCompleted);
            Assert.IsType<DeliveryAttempt.Accepted>((await delivery).Result);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoint_that_is_back_after_ten_minutes_gets_what_it_missed_at_once(bool isSilent)
    {
        for (int i = 0; i < Tries; i++)
        {
            var story = new Story();
            story.Answer = isSilent ? story.Silence : Story.Failure;
            Task<Outcome<DeliveryAttempt>> delivery = story.Deliver();
            story.Time.AdvanceUntil(() => story.Time.Elapsed >= TimeSpan.FromMinutes(10));

            story.Answer = Story.Success;
            TimeSpan backAt = story.Time.Elapsed;
            story.Time.AdvanceUntil(() => delivery.IsCompleted);

            Assert.IsType<DeliveryAttempt.Accepted>((await delivery).Result);
            Assert.InRange(story.Time.Elapsed - backAt, TimeSpan.Zero, TimeSpan.FromSeconds(15));    // one break, or one attempt that is under way
        }
    }

    [Fact]
    public async Task One_that_is_gone_for_good_costs_an_event_a_quarter_of_an_hour_and_less_than_two_hundred_attempts()
    {
        var story = new Story { Answer = Story.Failure };

        Task<Outcome<DeliveryAttempt>> delivery = story.Deliver();
        story.Time.AdvanceUntil(() => delivery.IsCompleted);

        Assert.Equal("no answer within 900 s", DeliveryPipeline.Reason(await delivery));
        Assert.InRange(story.Time.Elapsed, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15.5));
        Assert.InRange(story.Attempts, 60, 200);
    }

    [Fact]
    public async Task One_that_asks_for_patience_for_ever_opens_no_circuit()
    {
        var story = new Story { Answer = _ => Task.FromResult<DeliveryAttempt>(new DeliveryAttempt.Deferred(429, null)) };

        Task<Outcome<DeliveryAttempt>> delivery = story.Deliver();
        story.Time.AdvanceUntil(() => delivery.IsCompleted);

        Assert.Equal("status 429", DeliveryPipeline.Reason(await delivery));
        Assert.Equal((new WebhookDelivery().AttemptsMax, 0), (story.Attempts, story.TimesOpened));
    }

    /// <summary>Deliveries to one endpoint.</summary>
    private sealed class Story
    {
        private readonly ResiliencePipeline<DeliveryAttempt> _pipeline;

        public Story() => _pipeline = DeliveryPipeline.Create(new WebhookDelivery(), Time, (_, _) => { }, _ => TimesOpened++, () => { });

        public VirtualTime Time { get; } = new();

        public int Attempts { get; private set; }

        public int TimesOpened { get; private set; }

        /// <summary>How the endpoint answers from now on.</summary>
        public Func<CancellationToken, Task<DeliveryAttempt>> Answer { get; set; } = Success;

        public static Task<DeliveryAttempt> Success(CancellationToken attemptEnding) => Task.FromResult<DeliveryAttempt>(new DeliveryAttempt.Accepted());

        public static Task<DeliveryAttempt> Failure(CancellationToken attemptEnding) => Task.FromResult<DeliveryAttempt>(new DeliveryAttempt.Failed("refused"));

        public async Task<DeliveryAttempt> Silence(CancellationToken attemptEnding)
        {
            await Time.SleepAsync(attemptEnding).ConfigureAwait(false);
            throw new System.Diagnostics.UnreachableException();
        }

        public Task<Outcome<DeliveryAttempt>> Deliver() => _pipeline.ExecuteOutcomeAsync(
            async (context, _) =>
            {
                Attempts++;
                try
                {
                    return Outcome.FromResult(await Answer(context.CancellationToken).ConfigureAwait(false));
                }
                catch (OperationCanceledException ended)
                {
                    return Outcome.FromException<DeliveryAttempt>(ended);
                }
            },
            ResilienceContextPool.Shared.Get(CancellationToken.None),
            0).AsTask();
    }
}
