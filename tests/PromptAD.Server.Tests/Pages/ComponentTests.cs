using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Pages;
using PromptAD.Server.Pages.History;
using PromptAD.Server.Pages.Inspections;
using PromptAD.Server.Pages.Live;
using PromptAD.Server.Pages.Review;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The parts of the page on their own, and what they count and remember.</summary>
public sealed class ComponentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(InspectionState.Done, InspectionVerdict.OK, "ok", "OK")]
    [InlineData(InspectionState.Done, InspectionVerdict.Review, "review", "PRÜFEN")]
    [InlineData(InspectionState.Done, InspectionVerdict.NG, "ng", "NG")]
    [InlineData(InspectionState.Done, null, "none", "OHNE GRENZEN")]
    [InlineData(InspectionState.Failed, null, "failed", "FEHLER")]
    [InlineData(InspectionState.Queued, null, "none", "WARTET")]
    public async Task A_verdict_is_a_colour_a_word_and_a_shape(InspectionState state, InspectionVerdict? verdict, string style, string word)
    {
        await using BunitContext page = NewPage("de");

        IRenderedComponent<Badge> badge = page.Render<Badge>(with => with.Add(one => one.Inspection, new InspectionResult { State = state, Verdict = verdict }));

        Assert.Contains(style, badge.Find(".badge").ClassList);
        Assert.Equal(word, badge.Find(".badge").TextContent.Trim());
        Assert.NotEmpty(badge.Find("svg .outline").GetAttribute("d")!);
    }

    [Fact]
    public void No_two_verdicts_have_the_same_shape()
    {
        InspectionVerdict?[] verdicts = [InspectionVerdict.OK, InspectionVerdict.Review, InspectionVerdict.NG, null];
        List<Look> all = [.. verdicts.Select(one => Look.Of(new InspectionResult { State = InspectionState.Done, Verdict = one })), Look.Of(new InspectionResult { State = InspectionState.Failed })];

        Assert.Equal(all.Count, all.Select(one => one.Outline).Distinct().Count());
        Assert.Equal(all.Count, all.Select(one => one.Mark).Distinct().Count());
    }

    [Fact]
    public async Task Regions_and_heat_map_are_shown_where_they_are_asked_for()
    {
        await using BunitContext page = NewPage("en");
        var inspection = new InspectionResult
        {
            Id = 7,
            State = InspectionState.Done,
            Verdict = InspectionVerdict.NG,
            Width = 100,
            Height = 80,
            Regions = [new DefectRegion(10, 20, 30, 40, 900, 1.5f, 20, 30)],
        };
        IRenderedComponent<PictureView> view = page.Render<PictureView>(with => with.Add(one => one.Inspection, inspection).Add(one => one.Regions, true));
        Assert.Equal("/api/inspections/7/picture?side=1600", view.Find("img").GetAttribute("src"));
        Assert.Equal("0 0 100 80", view.Find("svg.regions").GetAttribute("viewBox"));

        view.Render(with => with.Add(one => one.HeatMap, true).Add(one => one.Regions, false));

        Assert.Equal("/api/inspections/7/overlay?side=1600&regions=false", view.Find("img").GetAttribute("src"));
        Assert.Empty(view.FindAll("svg.regions"));
        view.Render(with => with.Add(one => one.Inspection, inspection with { PictureRemoved = Noon }));
        Assert.Contains("the result is kept", view.Find(".nothing").TextContent);
    }

    [Fact]
    public async Task Numbers_and_times_are_written_as_the_language_does()
    {
        var inspection = new InspectionResult
        {
            Id = 1,
            State = InspectionState.Done,
            Score = 1234.5f,
            Limits = new LimitScores(0.25f, 0.5f, 1),
            Received = Noon,
            Product = "plate",
            Version = 2,
            Station = "line-1",
        };
        await using BunitContext german = NewPage("de"), english = NewPage("en");
        var times = new LocalTimes("Europe/Berlin");

        string de = ShowFacts(german), en = ShowFacts(english);

        Assert.Contains("1.234,5000", de);
        Assert.Contains("02.03.2026 13:00:00", de);
        Assert.Contains("1,234.5000", en);
        Assert.Contains("2 Mar 2026 13:00:00", en);

        string ShowFacts(BunitContext page)
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = PageCultures.All.Single(one => one.Name == (page == german ? "de" : "en"));
            return page.Render<Facts>(with => with.AddCascadingValue(times).Add(one => one.Inspection, inspection)).Markup;
        }
    }

    [Fact]
    public async Task The_inspection_page_says_what_the_service_says()
    {
        await using BunitContext page = NewPage("en", _ => (HttpStatusCode.NotFound, """{"detail": "There is no inspection 9."}"""));

        IRenderedComponent<InspectionPage> shown = page.Render<InspectionPage>(with => with.AddCascadingValue(new LocalTimes("UTC")).Add(one => one.Id, 9));

        Assert.Equal("There is no inspection with this number.", shown.Find("[role=alert]").TextContent);
    }

    [Fact]
    public async Task History_asks_for_what_the_filters_say()
    {
        List<string> asked = [];
        await using BunitContext page = NewPage("en", request =>
        {
            asked.Add(Uri.UnescapeDataString(request.RequestUri!.PathAndQuery));
            string path = request.RequestUri.AbsolutePath;
            object answer = path switch
            {
                "/api/inspections/counts" => new InspectionCounts(1, 0, 0, 0, 0, 0),
                "/api/inspections" => new Page<InspectionResult>([new InspectionResult { Id = 5, State = InspectionState.Done, Verdict = InspectionVerdict.OK, Station = "line-1" }], null),
                "/api/products" => new[] { new ProductInfo { Id = "plate" } },
                _ => Array.Empty<StationInfo>(),
            };
            return (HttpStatusCode.OK, JsonSerializer.Serialize(answer, ServiceJson.Options));
        });
        IRenderedComponent<HistoryPage> history = page.Render<HistoryPage>(with => with.AddCascadingValue(new LocalTimes("Europe/Berlin")));
        history.WaitForAssertion(() => Assert.Single(history.FindAll(".rows tbody tr")));

        history.Find("[name=product]").Change("plate");
        history.Find("[name=verdict]").Change("NG");
        history.Find("[name=reviewed]").Change("false");
        history.Find("[name=from]").Change("2026-03-02T13:00:00");
        history.Find("form").Submit();

        Assert.Contains("/api/inspections?product=plate&verdict=NG&reviewed=false&from=2026-03-02T13:00:00.0000000+01:00&limit=50", asked);
    }

    [Fact]
    public void The_board_counts_each_result_once_and_errors_apart()
    {
        var board = new LiveBoard();
        board.Begin([Result(3, InspectionVerdict.OK), Result(2, InspectionVerdict.NG)], new InspectionCounts(10, 1, 2, 0, 0, 1), Noon.AddHours(-1));

        Assert.False(board.Add(Result(3, InspectionVerdict.OK)));
        Assert.True(board.Add(Result(5, InspectionVerdict.NG)));
        Assert.True(board.Add(Result(4, null) with { State = InspectionState.Failed }));
        Assert.True(board.Add(Result(6, InspectionVerdict.OK) with { Received = Noon.AddHours(-2) })); // of the shift before

        Assert.Equal(new InspectionCounts(10, 1, 3, 0, 1, 0), board.Counts);
        Assert.Equal([6, 5, 4, 3, 2], board.Latest.Select(one => one.Id));
        for (int i = 10; i < 40; i++) board.Add(Result(i, InspectionVerdict.OK));
        Assert.Equal((LiveBoard.Shown, 39), (board.Latest.Count, board.Newest!.Id));
        Assert.Equal(0, board.PerMinute(Noon.AddMinutes(2)));
    }

    [Fact]
    public void What_is_looked_at_stays_before_the_eyes_while_new_ones_come()
    {
        var backlog = new ReviewBacklog();
        backlog.Add([Result(3, InspectionVerdict.NG), Result(2, InspectionVerdict.OK), Result(1, InspectionVerdict.Review)]);
        Assert.Equal([3, 1], backlog.Waiting.Select(one => one.Id));

        backlog.Add([Result(9, InspectionVerdict.NG)]);
        Assert.Equal(3, backlog.Current!.Id);
        backlog.Finish();
        Assert.Equal(1, backlog.Current!.Id);
        backlog.Finish();
        Assert.Equal(9, backlog.Current!.Id);
        backlog.Undo();
        Assert.Equal(1, backlog.Current!.Id);
        backlog.Undo();
        Assert.Equal((3, false), (backlog.Current!.Id, backlog.CanUndo));
        backlog.Leave(9);
        Assert.Equal(3, backlog.Current!.Id);
        backlog.Move(5);
        Assert.Equal(1, backlog.Current!.Id);
    }

    [Theory]
    [InlineData("2026-03-02T05:59:59", "2026-03-01T22:00:00")]
    [InlineData("2026-03-02T06:00:00", "2026-03-02T06:00:00")]
    [InlineData("2026-03-02T23:30:00", "2026-03-02T22:00:00")]
    public void Shifts_begin_by_the_clock(string now, string begin) =>
        Assert.Equal(DateTimeOffset.Parse(begin + "+01:00"), new PageOptions().ShiftBegin(DateTimeOffset.Parse(now + "+01:00")));

    [Fact]
    public void A_shift_that_begins_at_no_hour_is_told_at_the_start()
    {
        var options = new ServiceOptions();
        options.ShiftHours.Add(24);
        var error = Assert.Throws<PromptADException>(() => PageHosting.PageHost.AddTo(new ServiceCollection(), options));
        Assert.Equal("A shift begins at hour 24 (Service:ShiftHours); it must be 0 to 23.", error.Message);
    }

    [Theory]
    [InlineData("de-AT,de;q=0.9,en;q=0.8", "de")]
    [InlineData("fr,zh-CN;q=0.8", "zh")]
    [InlineData("fr", null)]
    [InlineData("", null)]
    public void The_browser_s_language_is_taken_where_it_is_here(string asked, string? expected) =>
        Assert.Equal(expected, PageCultures.Asked(asked)?.Cultures[0].Value);

    [Fact]
    public void A_time_that_clocks_skip_is_the_one_behind_it()
    {
        var times = new LocalTimes("Europe/Berlin");
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 3, 30, 0, TimeSpan.FromHours(2)), times.Moment(new DateTime(2026, 3, 29, 2, 30, 0)));
        Assert.Null(times.Moment(null));
        Assert.Equal(TimeZoneInfo.ConvertTime(Noon, TimeZoneInfo.Local), new LocalTimes("Nowhere/City").Here(Noon));
    }

    private static InspectionResult Result(long id, InspectionVerdict? verdict) =>
        new() { Id = id, State = InspectionState.Done, Verdict = verdict, Received = Noon };

    internal static BunitContext NewPage(string language, Func<HttpRequestMessage, (HttpStatusCode Status, string Json)>? answer = null)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = PageCultures.All.Single(one => one.Name == language);
        var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddLocalization().AddMudServices();
        page.Services.AddSingleton(new InspectionClient(new Uri("http://localhost"), key: null, handler: new Answers(answer)));
        return page;
    }

    private sealed class Answers(Func<HttpRequestMessage, (HttpStatusCode Status, string Json)>? answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (HttpStatusCode status, string json) = answer?.Invoke(request) ?? (HttpStatusCode.NotFound, "{}");
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") });
        }
    }
}
