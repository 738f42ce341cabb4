import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Region, regionSchema } from './region.js';
import type { TwinRegion } from './regions.js';
import { RegionsService } from './regions.service.js';

const regionList = z.strictObject({ regions: z.array(regionSchema) });
const twinRegion = z.strictObject({
  id: z.string(),
  regions: z.array(z.string()).length(2).describe('ids of the two regions'),
  totals: z
    .strictObject({
      population: z.number(),
      areaHa: z.number(),
      co2TonnesPerYear: z.number(),
      co2TonnesPerPerson: z.number(),
      gdpUsdPerYear: z.number(),
      gdpUsdPerPerson: z.number(),
    })
    .describe('added up from the two regions'),
});
const twinRegionList = z.strictObject({ twinRegions: z.array(twinRegion) });

@ApiTags('regions')
@Controller('api/v1')
export class RegionsApi {
  constructor(private readonly regions: RegionsService) {}

  @Get('regions')
  @ApiOperation({ summary: 'All regions, with sourced facts' })
  @ApiOkResponse({ standardSchema: regionList })
  list(): z.output<typeof regionList> {
    return { regions: [...this.regions.all] };
  }

  @Get('regions/:id')
  @ApiOperation({ summary: 'One region' })
  @ApiParam({ name: 'id', example: 'copargo' })
  @ApiOkResponse({ standardSchema: regionSchema })
  @ApiNotFoundResponse({ description: 'No region has this id' })
  one(@Param('id') id: string): Region {
    const region = this.regions.get(id);
    if (!region) throw new NotFoundException('No region has this id');
    return region;
  }

  @Get('twin-regions')
  @ApiOperation({ summary: 'All twin regions: pairs of regions with their totals' })
  @ApiOkResponse({ standardSchema: twinRegionList })
  pairs(): z.output<typeof twinRegionList> {
    return { twinRegions: this.regions.twins.map(shown) };
  }

  @Get('twin-regions/:id')
  @ApiOperation({ summary: 'One twin region' })
  @ApiParam({ name: 'id', example: 'copargo-alfter' })
  @ApiOkResponse({ standardSchema: twinRegion })
  @ApiNotFoundResponse({ description: 'No twin region has this id' })
  pair(@Param('id') id: string): z.output<typeof twinRegion> {
    const twin = this.regions.twin(id);
    if (!twin) throw new NotFoundException('No twin region has this id');
    return shown(twin);
  }
}

function shown({ id, regions, totals }: TwinRegion): z.output<typeof twinRegion> {
  return { id, regions: regions.map((region) => region.id), totals };
}
