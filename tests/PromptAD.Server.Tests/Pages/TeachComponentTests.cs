using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Pages;
using PromptAD.Server.Pages.Limits;
using PromptAD.Server.Pages.Teach;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The parts of teaching on their own.</summary>
public sealed class TeachComponentTests
{
    private static readonly LocalTimes Times = new("UTC");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_running_job_says_what_it_does_and_an_engineer_can_cancel_it(bool mayChange)
    {
        List<string> asked = [];
        await using BunitContext page = ComponentTests.NewPage("de", request => Answer(asked, request, new JobInfo { Id = 7, State = JobState.Canceled }));
        JobInfo[] jobs =
        [
            new() { Id = 7, Kind = JobKind.Train, State = JobState.Running, Progress = 0.45, Step = "encoding pictures", CreatedBy = "anna" },
            new() { Id = 6, Kind = JobKind.Train, State = JobState.Failed, Error = "no memory" },
        ];

        IRenderedComponent<JobPart> part = page.Render<JobPart>(
            with => with.AddCascadingValue(Times).Add(one => one.Jobs, jobs).Add(one => one.MayChange, mayChange));

        Assert.Contains("45 %, liest Bilder", part.Find("[data-job='7']").TextContent);
        Assert.Equal("0.45", part.Find("progress").GetAttribute("value"));
        Assert.Empty(part.FindAll("[data-job='6']")); // what ended waits until nothing runs
        Assert.Equal(mayChange ? 1 : 0, part.FindAll("button").Count);
        if (mayChange) await part.Find("button").ClickAsync(new());
        Assert.Equal(mayChange ? ["POST /api/jobs/7/cancel"] : [], asked);
    }

    [Fact]
    public async Task A_failed_job_says_why_and_can_be_asked_for_again()
    {
        List<string> asked = [];
        await using BunitContext page = ComponentTests.NewPage("en", request => Answer(asked, request, new JobInfo { Id = 8 }));
        JobInfo[] jobs = [new() { Id = 7, State = JobState.Failed, Error = "The disk is full.", Warnings = ["a.png looks the same"] }];
        IRenderedComponent<JobPart> part = page.Render<JobPart>(with => with.AddCascadingValue(Times).Add(one => one.Jobs, jobs).Add(one => one.MayChange, true));

        Assert.Contains("nothing has changed", part.Markup);
        Assert.Equal("The disk is full.", part.Find(".wrong").TextContent);
        Assert.Contains("a.png", part.Find("details").TextContent);
        await part.Find("button").ClickAsync(new());
        Assert.Equal(["POST /api/jobs/7/retry"], asked);
    }

    [Fact]
    public async Task Who_is_slower_is_told_which_version_is_in_force_and_by_whom()
    {
        string? sent = null;
        await using BunitContext page = ComponentTests.NewPage("en", request =>
        {
            if (request.Method != HttpMethod.Post) return (HttpStatusCode.OK, JsonSerializer.Serialize(new ScoreHistogram(), ServiceJson.Options));
            sent = $"{request.Headers.IfMatch}";
            return (HttpStatusCode.PreconditionFailed, """{"detail": "Somebody else"}""");
        });
        VersionInfo[] before = [Version(2, active: false), Version(1, active: true)], after = [Version(3, active: true, by: "bert"), Version(2, active: false), Version(1, active: false)];
        var product = new ProductInfo { Id = "plate", ActiveVersion = 1, Revision = 5 };
        IRenderedComponent<VersionsPart> part = null!;
        part = page.Render<VersionsPart>(with => with.AddCascadingValue(Times).Add(one => one.Product, product).Add(one => one.Versions, before).Add(one => one.MayChange, true)
            .Add(one => one.Changed, EventCallback.Factory.Create(this, () => part.Render(again => again.Add(one => one.Versions, after)))));

        await part.Find("[data-version='2'] button").ClickAsync(new());

        Assert.Equal("\"5\"", sent);
        Assert.Contains("version 3, made by bert, is in force now", part.Find(".notice.wrong").TextContent);
        Assert.Contains("in force", part.Find("[data-version='3']").TextContent);
        Assert.Single(part.FindAll(".badge"));
    }

    [Fact]
    public async Task A_preview_tells_what_is_missed_and_falsely_rejected()
    {
        await using BunitContext page = ComponentTests.NewPage("en");
        var preview = new LimitPreview
        {
            Inspections = 10,
            All = new VerdictChange(new VerdictCounts(8, 1, 1), new VerdictCounts(6, 2, 2)),
            ReviewedGood = new VerdictChange(new VerdictCounts(3), new VerdictCounts(1, 1, 1)),
            ReviewedDefect = new VerdictChange(new VerdictCounts(NG: 2), new VerdictCounts(OK: 1, NG: 1)),
            Changed = 3,
            Changes = [new ChangedVerdict(9, 0.5f, InspectionVerdict.OK, InspectionVerdict.NG, null)],
        };

        IRenderedComponent<PreviewPart> part = page.Render<PreviewPart>(with => with.Add(one => one.Preview, preview));

        Assert.Contains("3 of them would have another verdict", part.Markup);
        Assert.Equal(["8 → 6", "1 → 2", "1 → 2"], part.FindAll("tbody tr")[0].QuerySelectorAll("td").Select(one => one.TextContent.Trim()));
        Assert.Contains("1 parts that were reviewed as a defect would be OK", part.Find(".notice.wrong").TextContent);
        Assert.Contains("2 parts that were reviewed as good would not be OK", part.Find(".notice:not(.wrong)").TextContent);
        Assert.Equal("inspections/9", part.Find(".strip a").GetAttribute("href"));
    }

    [Fact]
    public async Task Bars_differ_by_pattern_and_say_how_many_they_are()
    {
        await using BunitContext page = ComponentTests.NewPage("en");
        var histogram = new ScoreHistogram { Inspections = 9, Lowest = 0.1f, Highest = 0.9f, Bins = [new ScoreBin(0.1, 0.5, 5, 2, 0), new ScoreBin(0.5, 0.9, 0, 1, 1)] };

        IRenderedComponent<HistogramChart> chart = page.Render<HistogramChart>(with => with.Add(one => one.Histogram, histogram).Add(one => one.Review, 0.4f).Add(one => one.NG, 0.7f));

        IElement[] bars = [.. chart.FindAll("rect.bin")];
        Assert.Equal(4, bars.Length);
        Assert.Equal(3, bars.Select(one => one.GetAttribute("fill")).Distinct().Count());
        Assert.Equal("0.1000 to 0.5000: 5 not reviewed, 2 good, 0 defects", bars[0].TextContent.Trim());
        Assert.Equal(2, chart.FindAll("path.limit").Count);
        Assert.Contains("Defects: 1", chart.Find("figcaption").TextContent);
    }

    [Fact]
    public async Task A_picture_is_taken_out_only_when_asked_twice()
    {
        List<string> asked = [];
        await using BunitContext page = ComponentTests.NewPage("en", request => Answer(asked, request, new { }));
        var marks = new Dictionary<long, IReadOnlyList<string>> { [1] = ["another size"] };
        IRenderedComponent<PictureGrid> grid = page.Render<PictureGrid>(with => with.Add(one => one.Product, "plate").Add(one => one.MayChange, true)
            .Add(one => one.Pictures, [new PictureInfo { Id = 1, Name = "a.png" }, new PictureInfo { Id = 2, Name = "b.png" }]).Add(one => one.Marks, marks));

        Assert.Contains("another size", grid.Find("li").TextContent); // what is marked comes first
        await grid.Find("[data-picture='2'] button").ClickAsync(new());
        Assert.Empty(asked);
        await grid.FindAll("[data-picture='2'] button")[1].ClickAsync(new());
        await grid.Find("[data-picture='2'] button").ClickAsync(new());
        await grid.Find("[data-picture='2'] button").ClickAsync(new());
        Assert.Equal(["DELETE /api/products/plate/pictures/2"], asked);
    }

    [Fact]
    public async Task The_entered_region_stays_in_the_picture()
    {
        await using BunitContext page = ComponentTests.NewPage("en");
        TrainingRegion? told = null;
        IRenderedComponent<RegionPicker> picker = page.Render<RegionPicker>(with => with.Add(one => one.Width, 100).Add(one => one.Height, 80)
            .Add(one => one.Region, new TrainingRegion(10, 10, 20, 20)).Add(one => one.RegionChanged, (TrainingRegion? region) => told = region));

        picker.Find("[name=region-width]").Change("500");

        Assert.Equal(new TrainingRegion(10, 10, 90, 20), told);
        await picker.Instance.DrawAsync(0.5, 0.5, 0, 0);
        Assert.Equal(new TrainingRegion(0, 0, 50, 40), told);
    }

    private static VersionInfo Version(int number, bool active, string by = "anna") => new() { Number = number, Active = active, CreatedBy = by };

    private static (HttpStatusCode Status, string Json) Answer(List<string> asked, HttpRequestMessage request, object answer)
    {
        asked.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
        return (HttpStatusCode.OK, JsonSerializer.Serialize(answer, ServiceJson.Options));
    }
}
