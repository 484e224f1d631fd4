using AngleSharp.Dom;
using Bunit;
using PromptAD.Client;
using PromptAD.Server.Pages;
using PromptAD.Server.Pages.Administration;
using PromptAD.Server.Pages.Quality;

namespace PromptAD.Server.Tests.Pages;

/// <summary>Parts of the quality page and of the administration on their own.</summary>
public sealed class QualityComponentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly LocalTimes Times = new("Europe/Berlin");

    [Theory]
    [InlineData(DriftState.Steady, "ok", "STABIL", "status")]
    [InlineData(DriftState.Higher, "ng", "DRIFT: WERTE STEIGEN", "alert")]
    [InlineData(DriftState.Lower, "ng", "DRIFT: WERTE FALLEN", "alert")]
    [InlineData(DriftState.Unknown, "none", "NOCH UNBEKANNT", "status")]
    public async Task Drift_is_a_colour_a_word_and_a_shape(DriftState state, string style, string word, string role)
    {
        await using BunitContext page = ComponentTests.NewPage("de");
        var info = new QualityInfo { Drift = new DriftInfo { State = state } };

        IElement alarm = page.Render<DriftAlarm>(with => with.Add(one => one.Info, info).Add(one => one.Times, Times)).Find(".drift");

        Assert.Contains(style, alarm.ClassList);
        Assert.Equal((word, role), (alarm.QuerySelector(".word")!.TextContent, alarm.GetAttribute("role")));
        Assert.Equal(4, Enum.GetValues<DriftState>().Select(one => DriftLook.Of(one).Outline).Distinct().Count());
    }

    [Fact]
    public async Task The_score_chart_draws_each_point_at_its_place_and_says_the_same_as_a_table()
    {
        await using BunitContext page = ComponentTests.NewPage("de");
        var info = new QualityInfo
        {
            GroupSize = 10,
            Baseline = new QualityBaseline(BaselineOrigin.Calibration, 24, 0.5, 0.1),
            Points = [new(1, 10, Noon, 0, 0.4, 0.4, 0.6, false), new(11, 20, Noon.AddHours(1), 1, 0.7, 0.4, 0.6, true)],
        };

        IRenderedComponent<ScoreChart> chart = page.Render<ScoreChart>(with => with.Add(one => one.Info, info).Add(one => one.Times, Times));

        Assert.Equal("M250 1000h0M750 0h0", chart.Find("path.medians").GetAttribute("d"));
        Assert.Equal("M250 600L750 300", chart.Find("path.smoothed").GetAttribute("d"));
        Assert.Equal("M750 300h0", chart.Find("path.outside").GetAttribute("d"));
        Assert.Equal(["13:00", "14:00"], chart.FindAll(".times span").Select(one => one.TextContent));
        Assert.Equal("Regelkarte der Werte: 2 Punkte, davon 1 außerhalb der Grenzen. Der geglättete Wert ist jetzt 0,7000; seine Grenzen sind 0,4000 und 0,6000.", chart.Find("svg").GetAttribute("aria-label"));
        Assert.Equal(["02.03.2026 14:00:00", "11 bis 20", "1,0000", "0,7000", "0,4000", "0,6000", "außerhalb"], chart.FindAll("tbody tr")[0].Children.Select(one => one.TextContent));
    }

    [Fact]
    public async Task The_reject_chart_marks_days_beyond_chance()
    {
        await using BunitContext page = ComponentTests.NewPage("en");
        var info = new QualityInfo
        {
            FalseRejectShare = 0.5,
            Days =
            [
                new QualityDay { Day = Noon, OK = 9, NG = 4, Reviewed = 4, FalseRejects = 1, Share = 0.25, Upper = 1 },
                new QualityDay { Day = Noon.AddDays(1), OK = 12 },
                new QualityDay { Day = Noon.AddDays(2), NG = 50, Reviewed = 50, FalseRejects = 40, Share = 0.8, Upper = 0.71, IsOut = true },
            ],
        };

        IRenderedComponent<RejectChart> chart = page.Render<RejectChart>(with => with.Add(one => one.Info, info).Add(one => one.Times, Times));

        Assert.Equal(["750", "200"], chart.FindAll("rect.share").Select(one => one.GetAttribute("y")));
        Assert.Single(chart.FindAll("rect.share.out"));
        Assert.Equal("False rejects by day: 3 days, 50.0 % of the reviewed rejects were good, 1 days above what chance makes.", chart.Find("svg").GetAttribute("aria-label"));
        Assert.Equal(["outside", "–", "within"], chart.FindAll("tbody tr").Select(one => one.Children[^1].TextContent));
    }

    [Fact]
    public async Task What_cannot_be_taken_back_asks_once_more()
    {
        await using BunitContext page = ComponentTests.NewPage("en");
        int done = 0;
        IRenderedComponent<ConfirmButton> button = page.Render<ConfirmButton>(with => with
            .Add(one => one.Text, "Delete").Add(one => one.Question, "Delete x?").Add(one => one.OnSure, () => done++));

        button.Find("button").Click();
        Assert.Equal((0, "Delete x?"), (done, button.Find("[role=group]").GetAttribute("aria-label")));
        button.FindAll("button")[1].Click();
        Assert.Single(button.FindAll("button"));
        button.Find("button").Click();
        button.FindAll("button")[0].Click();
        Assert.Equal(1, done);
    }

    [Theory]
    [InlineData(null, 7)]
    [InlineData("30", 30)]
    [InlineData("31", 7)]
    [InlineData("-1", 7)]
    [InlineData("x", 7)]
    public void A_period_that_cannot_be_chosen_is_the_usual_one(string? text, int days) =>
        Assert.Equal(days, QualityPeriods.Known(QualityPeriods.Read(text)));
}
